/**
 * From the outputs of a bundle's members to ranked suggestions of one facet: the ensemble of EUFCC-340K (docs/science.md,
 * "Ensemble") with weights per facet, and a piecewise-linear calibration of its score. Pure arithmetic in
 * double precision; arrays hold one value per term of the facet, in the order of the bundle's manifest.
 */

/** `sigmoid`: independent probabilities, one per term. `softmax`: a distribution over the facet's terms. */
export type Activation = 'sigmoid' | 'softmax'

/** One member's probabilities for the terms of a facet. */
export interface MemberScores {
  readonly name: string
  readonly activation: Activation
  readonly scores: ArrayLike<number>
}

/** Points of a curve from ensemble score to probability: `score` rises strictly, `probability` never falls. */
export interface CalibrationCurve {
  readonly score: readonly number[]
  readonly probability: readonly number[]
}

/** A ranked term; `index` is its position in the manifest's list of the facet's terms. */
export interface RankedScore {
  readonly index: number
  readonly rank: number
  readonly score: number
  readonly probability: number
  readonly members: Record<string, number>
}

/** How many suggestions of a facet are kept (docs/science.md, "Ensemble"). */
export const suggestionsPerFacet = 10

/** A smaller sum is no distribution; the trainer uses the same limit. */
const smallestSum = 1e-12

/** A member's scores as a distribution over the facet: sigmoid outputs are divided by their sum, a softmax already sums to one. */
export function normalise(scores: ArrayLike<number>, activation: Activation): Float64Array {
  const values = Float64Array.from(scores)
  if (activation === 'softmax') return values
  let sum = 0
  for (const value of values) sum += value
  const divisor = Math.max(sum, smallestSum)
  return values.map((value) => value / divisor)
}

/**
 * The ensemble's score per term: the average of the members' distributions by weight. Weights are divided by the sum of
 * those present, so that a member that does not know the facet takes nothing away; a member without a weight has none.
 */
export function combine(members: readonly MemberScores[], weights: Readonly<Record<string, number>>): Float64Array {
  const total = members.reduce((sum, member) => sum + (weights[member.name] ?? 0), 0)
  const result = new Float64Array(members[0]?.scores.length ?? 0)
  if (total <= 0) return result
  for (const member of members) {
    const weight = (weights[member.name] ?? 0) / total
    if (weight === 0) continue
    const values = normalise(member.scores, member.activation)
    for (let index = 0; index < result.length; index++) result[index] = (result[index] ?? 0) + weight * (values[index] ?? 0)
  }
  return result
}

/**
 * Indices of the `limit` highest scores among those that `allowed` lets pass, best first. Ties: the term that stands
 * first in the manifest goes first, so that the same scores always give the same ranking.
 */
export function topIndices(scores: ArrayLike<number>, limit: number, allowed: (index: number) => boolean = () => true): number[] {
  const candidates = Array.from({ length: scores.length }, (_, index) => index).filter(allowed)
  return candidates.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, limit)
}

/** The calibrated probability of an ensemble score: linear between the curve's points, constant outside. */
export function calibrate(score: number, curve: CalibrationCurve): number {
  const right = curve.score.findIndex((point) => point >= score)
  if (right === 0) return curve.probability[0] ?? 0
  if (right === -1) return curve.probability.at(-1) ?? 0
  const [fromScore, toScore] = [curve.score[right - 1] ?? 0, curve.score[right] ?? 0]
  const [from, to] = [curve.probability[right - 1] ?? 0, curve.probability[right] ?? 0]
  return from + ((to - from) * (score - fromScore)) / (toScore - fromScore)
}

/**
 * The suggestions of one facet: the ten best terms by ensemble score with calibrated probability and each member's own
 * (not normalised) score. `allowed` leaves out terms that may not be suggested; it changes no score.
 */
export function rankFacet(
  members: readonly MemberScores[],
  weights: Readonly<Record<string, number>>,
  curve: CalibrationCurve,
  allowed: (index: number) => boolean = () => true
): RankedScore[] {
  const scores = combine(members, weights)
  return topIndices(scores, suggestionsPerFacet, allowed).map((index, position) => ({
    index,
    rank: position + 1,
    score: scores[index] ?? 0,
    probability: calibrate(scores[index] ?? 0, curve),
    members: Object.fromEntries(members.map((member) => [member.name, member.scores[index] ?? 0]))
  }))
}
