import { suggestionsPerFacet, topIndices } from '../../../shared/domain/ranking.ts'
import { firstObjects, objectCount, picturesBefore, weightsOf, type Decided } from './decided.ts'
import { fitFacet, scoreParts, scoresOf } from './facet-model.ts'
import { emptyMatrix, rowOf, rowsOf } from './matrix.ts'
import { addSquares } from './squares.ts'

/** Minimum number of decided objects to calibrate probabilities. */
export const calibratedFrom = 10

/** Number of parts in which the second half of the decisions is predicted. */
const blocks = 5
/** Maximum number of pictures predicted per part, evenly chosen: more take seconds and no longer change the two parameters. */
const mostPredicted = 200
const smallest = 1e-4
const [leastSlope, mostSlope] = [0.25, 4]
const newtonSteps = 20
const halvings = 30

/** From score to probability: sigmoid(slope · log odds of the score + shift). */
export interface Scaling {
  readonly slope: number
  readonly shift: number
}

/** Leaves scores as probabilities. */
export const noScaling: Scaling = { slope: 1, shift: 0 }

export function probabilityOf(score: number, { slope, shift }: Scaling): number {
  return sigmoid(slope * logOdds(score) + shift)
}

/** Log odds of a score, whether the term was right, and the weight. */
interface Outcome {
  readonly odds: number
  readonly hit: number
  readonly weight: number
}

/**
 * Fits the scaling to predictions of later decisions: the first half of the objects predicts the next tenth, and so on to the
 * end. So it meets terms that nobody had used yet, as it will on the open objects.
 */
export function fitScaling(decided: Decided): Scaling {
  const count = objectCount(decided)
  if (count < calibratedFrom) return noScaling
  const weights = weightsOf(decided)
  const outcomes: Outcome[] = []
  const squares = emptyMatrix(decided.embeddings.columns, decided.embeddings.columns)
  let squaredTo = 0
  for (let block = blocks; block < 2 * blocks; block++) {
    const first = picturesBefore(decided, Math.floor((count * block) / (2 * blocks)))
    const last = picturesBefore(decided, Math.floor((count * (block + 1)) / (2 * blocks)))
    if (first === last) continue
    addSquares(squares, rowsOf(decided.embeddings, squaredTo, first), weights.subarray(squaredTo, first))
    squaredTo = first
    const model = fitFacet(firstObjects(decided, Math.floor((count * block) / (2 * blocks))), squares)
    for (let picture = first, step = Math.max(1, (last - first) / mostPredicted); picture < last; picture += step) {
      const at = Math.floor(picture)
      const scores = scoresOf(scoreParts(model, rowOf(decided.embeddings, at), rowOf(decided.base, at)))
      const marks = rowOf(decided.known, at)
      for (const term of topIndices(scores, suggestionsPerFacet)) {
        const hit = marks[term] as number
        if (hit >= 0) outcomes.push({ odds: logOdds(scores[term] as number), hit, weight: weights[at] as number })
      }
    }
  }
  return mostProbable(outcomes)
}

/** The weighted log loss of the outcomes plus the prior: slope around 1, shift around 0, both with standard deviation 1. */
function surprise(outcomes: readonly Outcome[], slope: number, shift: number): number {
  let sum = ((slope - 1) ** 2 + shift ** 2) / 2
  for (const { odds, hit, weight } of outcomes) {
    const z = slope * odds + shift
    sum += weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - hit * z)
  }
  return sum
}

/** Newton's method; a step that does not lower the loss is halved, and if that does not help, it stops. */
function mostProbable(outcomes: readonly Outcome[]): Scaling {
  let [slope, shift] = [noScaling.slope, noScaling.shift]
  for (let step = 0; step < newtonSteps; step++) {
    const [slopeStep, shiftStep] = newtonStep(outcomes, slope, shift)
    const before = surprise(outcomes, slope, shift)
    let found: Scaling | null = null
    for (let halving = 0; halving < halvings && found === null; halving++) {
      const share = 0.5 ** halving
      const next = { slope: Math.min(mostSlope, Math.max(leastSlope, slope - share * slopeStep)), shift: shift - share * shiftStep }
      if (surprise(outcomes, next.slope, next.shift) < before) found = next
    }
    if (found === null) break
    ;({ slope, shift } = found)
  }
  return { slope, shift }
}

/** The inverse Hessian times the gradient of the loss. */
function newtonStep(outcomes: readonly Outcome[], slope: number, shift: number): [number, number] {
  let [gradientSlope, gradientShift] = [slope - 1, shift]
  let [curveSlope, cross, curveShift] = [1, 0, 1]
  for (const { odds, hit, weight } of outcomes) {
    const stated = sigmoid(slope * odds + shift)
    const error = weight * (stated - hit)
    const curvature = weight * stated * (1 - stated)
    gradientSlope += error * odds
    gradientShift += error
    curveSlope += curvature * odds * odds
    cross += curvature * odds
    curveShift += curvature
  }
  const determinant = curveSlope * curveShift - cross * cross
  return [
    (curveShift * gradientSlope - cross * gradientShift) / determinant,
    (curveSlope * gradientShift - cross * gradientSlope) / determinant
  ]
}

function logOdds(value: number): number {
  const inside = Math.min(1 - smallest, Math.max(smallest, value))
  return Math.log(inside / (1 - inside))
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-Math.min(500, Math.max(-500, value))))
}
