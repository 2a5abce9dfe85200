import { topIndices } from '../../../shared/domain/ranking.ts'
import { firstObjects, objectCount, picturesBefore, weightsOf, type Decided } from './decided.ts'
import { fitFacet, scoreParts, scoresOf } from './facet-model.ts'
import { rowOf } from './matrix.ts'

/** Numbers of decisions at which the curve is measured, as in the trainer's study. */
const looks = [0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
/** Maximum number of objects predicted per point. */
const mostPredicted = 100
/** Minimum number of objects predicted at the last point. */
const fewestPredicted = 5

/** R-Precision (docs/science.md, "Metrics") on the `objects` decided next after the first `decided`: of the base model and adapted. */
export interface CurvePoint {
  readonly decided: number
  readonly objects: number
  readonly base: number
  readonly adapted: number
}

/**
 * How well the first decisions predicted the next ones, starting from none; the last point covers the last 100 objects, or
 * the second half if there are fewer than 200. Pictures without any right term are left out.
 */
export function learningCurve(decided: Decided): CurvePoint[] {
  const count = objectCount(decided)
  const last = count - Math.min(mostPredicted, Math.ceil(count / 2))
  const points = [...looks.filter((look) => look < last), last].filter((look) => count - look >= fewestPredicted)
  return [...new Set(points)].flatMap((look) => pointAt(decided, look, Math.min(count, look + mostPredicted)) ?? [])
}

function pointAt(decided: Decided, from: number, to: number): CurvePoint | null {
  const model = fitFacet(firstObjects(decided, from))
  const weights = weightsOf(decided)
  let [total, base, adapted] = [0, 0, 0]
  for (let picture = picturesBefore(decided, from); picture < picturesBefore(decided, to); picture++) {
    const marks = rowOf(decided.known, picture)
    const given = rowOf(decided.base, picture)
    if (!marks.includes(1)) continue
    const weight = weights[picture] as number
    total += weight
    base += weight * rPrecision(given, marks)
    adapted += weight * rPrecision(scoresOf(scoreParts(model, rowOf(decided.embeddings, picture), given)), marks)
  }
  return total === 0 ? null : { decided: from, objects: to - from, base: base / total, adapted: adapted / total }
}

/** If R terms are right, the share of them among the top R; a term with score 0 is never among the top. */
function rPrecision(scores: Float64Array, marks: Float64Array): number {
  const right = marks.reduce((sum, mark) => sum + (mark === 1 ? 1 : 0), 0)
  const best = topIndices(scores, right, (term) => (scores[term] as number) > 0 && marks[term] !== -1)
  return best.filter((term) => marks[term] === 1).length / right
}
