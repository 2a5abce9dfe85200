/** A matrix in row-major order: `values` holds row after row, each of `columns` numbers. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
}

export function emptyMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) }
}

/** A row, as a view: writing to it writes to the matrix. */
export function rowOf({ values, columns }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns)
}

/** The rows from `from` to before `to`, as a view. */
export function rowsOf(matrix: Matrix, from: number, to: number): Matrix {
  const { columns } = matrix
  return { rows: to - from, columns, values: matrix.values.subarray(from * columns, to * columns) }
}

export function dot(a: Float64Array, b: Float64Array): number {
  return dotAt(a, 0, b, 0, a.length)
}

/** The dot product of `length` numbers of `a` from `startA` on with those of `b` from `startB` on. Four accumulators keep the CPU's pipeline full. */
export function dotAt(a: Float64Array, startA: number, b: Float64Array, startB: number, length: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0]
  const whole = length - (length % 4)
  let index = 0
  for (; index < whole; index += 4) {
    first += (a[startA + index] as number) * (b[startB + index] as number)
    second += (a[startA + index + 1] as number) * (b[startB + index + 1] as number)
    third += (a[startA + index + 2] as number) * (b[startB + index + 2] as number)
    fourth += (a[startA + index + 3] as number) * (b[startB + index + 3] as number)
  }
  for (; index < length; index++) first += (a[startA + index] as number) * (b[startB + index] as number)
  return first + second + third + fourth
}

/** target += factor · source */
export function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  addScaledAt(target, 0, source, 0, target.length, factor)
}

/** target += factor · source, `length` numbers from `startTarget` and `startSource` on. */
export function addScaledAt(
  target: Float64Array,
  startTarget: number,
  source: Float64Array,
  startSource: number,
  length: number,
  factor: number
): void {
  for (let index = 0; index < length; index++) {
    target[startTarget + index] = (target[startTarget + index] as number) + factor * (source[startSource + index] as number)
  }
}

/**
 * Solves A X = B for a symmetric positive definite A (size × size) by Cholesky decomposition. Both are overwritten: the lower
 * triangle of A by its factor, B (size × any) by X. Only the lower triangle of A is read.
 */
export function solveInPlace(a: Matrix, b: Matrix): Matrix {
  const size = a.rows
  factorInPlace(a)
  const width = b.columns
  for (let row = 0; row < size; row++) {
    for (let index = 0; index < row; index++) {
      addScaledAt(b.values, row * width, b.values, index * width, width, -(a.values[row * size + index] as number))
    }
    divide(rowOf(b, row), a.values[row * size + row] as number)
  }
  for (let row = size - 1; row >= 0; row--) {
    divide(rowOf(b, row), a.values[row * size + row] as number)
    for (let index = 0; index < row; index++) {
      addScaledAt(b.values, index * width, b.values, row * width, width, -(a.values[row * size + index] as number))
    }
  }
  return b
}

/** Cholesky decomposition A = L Lᵀ: overwrites the lower triangle of A with L. */
function factorInPlace({ rows: size, values }: Matrix): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const rest = (values[row * size + column] as number) - dotAt(values, row * size, values, column * size, column)
      values[row * size + column] = column === row ? Math.sqrt(rest) : rest / (values[column * size + column] as number)
    }
  }
}

function divide(values: Float64Array, divisor: number): void {
  for (let index = 0; index < values.length; index++) values[index] = (values[index] as number) / divisor
}
