import { expect, it } from 'vitest'
import { dot, rowOf, type Matrix } from './matrix.ts'
import { workList } from './work-list.ts'

/** Unit vectors that are the same in every run. */
function vectors(rows: number, columns: number): Matrix {
  let seed = 1
  const next = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5
  const matrix = { rows, columns, values: Float64Array.from({ length: rows * columns }, next) }
  for (let row = 0; row < rows; row++) {
    const own = rowOf(matrix, row)
    const length = Math.sqrt(dot(own, own))
    own.forEach((value, index) => (own[index] = value / length))
  }
  return matrix
}

/** The specification taken literally: every gain is recomputed for every choice. */
function plain(matrix: Matrix, count: number): number[] {
  const rows = Array.from({ length: matrix.rows }, (_, row) => row)
  const similarity = rows.map((a) => rows.map((b) => dot(rowOf(matrix, a), rowOf(matrix, b))))
  const best = rows.map(() => -1)
  const chosen: number[] = []
  while (chosen.length < count) {
    const gains = rows.map((row) =>
      chosen.includes(row)
        ? -Infinity
        : rows.reduce((sum, other) => sum + Math.max(0, (similarity[row]?.[other] ?? 0) - (best[other] ?? 0)), 0)
    )
    const next = gains.indexOf(Math.max(...gains))
    chosen.push(next)
    rows.forEach((other) => (best[other] = Math.max(best[other] ?? 0, similarity[next]?.[other] ?? 0)))
  }
  return chosen
}

it('chooses the objects that represent the others best, as the specification says', () => {
  const matrix = vectors(60, 8)
  expect(workList(matrix, 20)).toEqual(plain(matrix, 20))
})

it('lets the first of equal objects win, and ends where none is left', () => {
  const matrix: Matrix = { rows: 3, columns: 2, values: Float64Array.from([0, 1, 1, 0, 1, 0]) }
  expect(workList(matrix, 10)).toEqual([1, 0, 2])
})
