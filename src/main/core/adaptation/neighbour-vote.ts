import { addScaledAt, dotAt, type Matrix } from './matrix.ts'

/** Sharpness of the vote: a picture that is 0.05 less similar counts for 1/e. */
const sharpness = 20

/** Neighbours with a smaller share have no visible effect. */
const smallestShare = 1e-12

/** The cosine of an open picture with each decided one. */
export function similarities(embeddings: Matrix, embedding: Float64Array): Float64Array {
  const { rows, columns, values } = embeddings
  const similarity = new Float64Array(rows)
  for (let picture = 0; picture < rows; picture++) similarity[picture] = dotAt(values, picture * columns, embedding, 0, columns)
  return similarity
}

/**
 * The vote of each decided picture for an open one, before normalisation: its weight times
 * exp(sharpness · (its similarity − the largest one)).
 */
export function nearness(similarity: Float64Array, weights: Float64Array): Float64Array {
  const largest = similarity.reduce((best, value) => Math.max(best, value), -Infinity)
  return similarity.map((value, picture) => (weights[picture] as number) * Math.exp(sharpness * (value - largest)))
}

/** The weighted mean of the targets (pictures, terms), one value per term. */
export function neighbourVote(near: Float64Array, targets: Matrix): Float64Array {
  const vote = new Float64Array(targets.columns)
  const total = near.reduce((sum, value) => sum + value, 0)
  near.forEach((value, picture) => {
    if (value > smallestShare * total) addScaledAt(vote, 0, targets.values, picture * targets.columns, targets.columns, value / total)
  })
  return vote
}
