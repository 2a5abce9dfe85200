import type { Decided } from './decided.ts'
import { emptyMatrix, rowOf, type Matrix } from './matrix.ts'

/**
 * The targets of the decided pictures, (pictures, terms): their labels, and for a term without a decision its frequency,
 * its share among the decided objects where it is known; 0 if there are none.
 */
export function targetsOf(decided: Decided, weights: Float64Array): Matrix {
  const { known } = decided
  const said = new Float64Array(known.columns)
  const frequency = new Float64Array(known.columns)
  for (let picture = 0; picture < known.rows; picture++) {
    const marks = rowOf(known, picture)
    const weight = weights[picture] as number
    for (let term = 0; term < known.columns; term++) {
      const mark = marks[term] as number
      if (mark < 0) continue
      said[term] = (said[term] as number) + weight
      if (mark === 1) frequency[term] = (frequency[term] as number) + weight
    }
  }
  for (let term = 0; term < known.columns; term++) {
    const total = said[term] as number
    frequency[term] = total > 0 ? (frequency[term] as number) / total : 0
  }
  const targets = emptyMatrix(known.rows, known.columns)
  for (let index = 0; index < targets.values.length; index++) {
    const mark = known.values[index] as number
    targets.values[index] = mark >= 0 ? mark : (frequency[index % known.columns] as number)
  }
  return targets
}
