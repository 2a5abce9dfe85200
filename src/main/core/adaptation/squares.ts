import { emptyMatrix, type Matrix } from './matrix.ts'

/** Rows multiplied together, so that the sums stay in the CPU's cache. */
const rowsTogether = 8

/**
 * Adds Σ weight · x xᵀ over the rows of `rows` to the lower triangle of `squares` (features × features). A negative weight takes
 * a row out again: so the sum is updated with the decisions, because recomputing it would take most of the time of a fit.
 */
export function addSquares(squares: Matrix, rows: Matrix, weights: Float64Array): void {
  const size = rows.columns
  const block = new Float64Array(rowsTogether * size)
  const factors = new Float64Array(rowsTogether)
  for (let first = 0; first < rows.rows; first += rowsTogether) {
    block.fill(0)
    factors.fill(0)
    block.set(rows.values.subarray(first * size, Math.min(rows.rows, first + rowsTogether) * size))
    factors.set(weights.subarray(first, Math.min(rows.rows, first + rowsTogether)))
    for (let i = 0; i < size; i++) addBlockRow(squares.values, block, factors, size, i)
  }
}

/** Σ weight · x xᵀ over all rows, its lower triangle. */
export function squaresOf(rows: Matrix, weights: Float64Array): Matrix {
  const squares = emptyMatrix(rows.columns, rows.columns)
  addSquares(squares, rows, weights)
  return squares
}

/** squares[i][0..i] += Σ over the block's rows of weight · x[i] · x[0..i] */
function addBlockRow(squares: Float64Array, block: Float64Array, factors: Float64Array, size: number, i: number): void {
  const at = (row: number): number => (factors[row] as number) * (block[row * size + i] as number)
  const [a, b, c, d, e, f, g, h] = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
  const start = i * size
  for (let j = 0; j <= i; j++) {
    squares[start + j] =
      (squares[start + j] as number) +
      a * (block[j] as number) +
      b * (block[size + j] as number) +
      c * (block[2 * size + j] as number) +
      d * (block[3 * size + j] as number) +
      e * (block[4 * size + j] as number) +
      f * (block[5 * size + j] as number) +
      g * (block[6 * size + j] as number) +
      h * (block[7 * size + j] as number)
  }
}
