import { expect, it } from 'vitest'
import type { Decided } from './decided.ts'
import { fitFacet, scoreParts, scoresOf } from './facet-model.ts'
import { emptyMatrix, rowOf, rowsOf } from './matrix.ts'
import { addSquares, squaresOf } from './squares.ts'

/** Forty objects of one picture each, eight features and three terms, the same in every run. */
function example(): Decided {
  let seed = 7
  const next = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647
  const fill = (columns: number, value: () => number): Decided['embeddings'] => ({
    rows: 40,
    columns,
    values: Float64Array.from({ length: 40 * columns }, value)
  })
  return {
    embeddings: fill(8, () => next() - 0.5),
    known: fill(3, () => Math.round(next())),
    base: fill(3, () => 0),
    objects: Int32Array.from({ length: 40 }, (_, object) => object)
  }
}

it('gives the same model whether its squares followed the decisions or not', () => {
  const decided = example()
  const ones = new Float64Array(40).fill(1)
  const squares = emptyMatrix(8, 8)
  addSquares(squares, rowsOf(decided.embeddings, 0, 13), ones.subarray(0, 13))
  // An object that was decided with another weight, and taken back.
  addSquares(squares, rowsOf(decided.embeddings, 5, 6), Float64Array.of(-1))
  addSquares(squares, rowsOf(decided.embeddings, 5, 6), Float64Array.of(1))
  addSquares(squares, rowsOf(decided.embeddings, 13, 40), ones.subarray(13))
  const whole = squaresOf(decided.embeddings, ones)
  squares.values.forEach((value, index) => expect(value).toBeCloseTo(whole.values[index] ?? NaN, 10))
  const query = rowOf(decided.embeddings, 3)
  const [followed, anew] = [fitFacet(decided, squares), fitFacet(decided)].map((model) =>
    scoresOf(scoreParts(model, query, new Float64Array(3)))
  )
  followed?.forEach((value, term) => expect(value).toBeCloseTo(anew?.[term] ?? NaN, 10))
})
