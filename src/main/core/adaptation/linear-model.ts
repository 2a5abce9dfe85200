import { addScaled, addScaledAt, dotAt, emptyMatrix, rowOf, solveInPlace, type Matrix } from './matrix.ts'
import { squaresOf } from './squares.ts'

/** Penalty of the regression, in decided objects. */
const ridge = 1

/** Weighted ridge regression of targets on embeddings. */
export interface LinearModel {
  readonly centre: Float64Array
  readonly mean: Float64Array
  /** (terms, features) */
  readonly coefficients: Matrix
}

/**
 * Fits the regression to embeddings (pictures, features), targets (pictures, terms) and one weight per picture.
 * @param squares - the weighted squares of the embeddings, if already known; see `addSquares`
 */
export function fitLinear(embeddings: Matrix, targets: Matrix, weights: Float64Array, squares: Matrix | null = null): LinearModel {
  const [centre, mean] = [weightedMean(embeddings, weights), weightedMean(targets, weights)]
  const coefficients =
    embeddings.rows <= embeddings.columns
      ? solveByPictures(without(embeddings, centre), without(targets, mean), weights)
      : solveByFeatures(embeddings, targets, weights, centre, squares ?? squaresOf(embeddings, weights))
  return { centre, mean, coefficients }
}

/** The regression's value for every term, clipped to 0..1. */
export function linearScore({ centre, mean, coefficients }: LinearModel, embedding: Float64Array): Float64Array {
  const row = embedding.map((value, index) => value - (centre[index] as number))
  const { columns, values } = coefficients
  return mean.map((value, term) => Math.min(1, Math.max(0, value + dotAt(values, term * columns, row, 0, columns))))
}

function weightedMean(matrix: Matrix, weights: Float64Array): Float64Array {
  const mean = new Float64Array(matrix.columns)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  weights.forEach((weight, row) => addScaledAt(mean, 0, matrix.values, row * matrix.columns, matrix.columns, weight / total))
  return mean
}

function without(matrix: Matrix, mean: Float64Array): Matrix {
  const { rows, columns } = matrix
  const result = { rows, columns, values: matrix.values.slice() }
  for (let row = 0; row < rows; row++) addScaledAt(result.values, row * columns, mean, 0, columns, -1)
  return result
}

/** Bᵀ as Xᵀ(XXᵀ + W⁻¹)⁻¹T, used if there are no more pictures than features. */
function solveByPictures(rows: Matrix, wanted: Matrix, weights: Float64Array): Matrix {
  const gram = emptyMatrix(rows.rows, rows.rows)
  for (let row = 0; row < rows.rows; row++) {
    const target = rowOf(gram, row)
    for (let other = 0; other <= row; other++) {
      target[other] = dotAt(rows.values, row * rows.columns, rows.values, other * rows.columns, rows.columns)
    }
    target[row] = (target[row] as number) + ridge / (weights[row] as number)
  }
  const solved = solveInPlace(gram, wanted)
  const coefficients = emptyMatrix(wanted.columns, rows.columns)
  for (let row = 0; row < rows.rows; row++) addOuter(coefficients, rowOf(solved, row), rowOf(rows, row), 1)
  return coefficients
}

/**
 * Bᵀ as (XᵀWX + I)⁻¹XᵀWT. Since the rows of X are centred, T need not be, and so stays sparse.
 * XᵀWX = Σ w e eᵀ − Σ w · ē ēᵀ.
 */
function solveByFeatures(embeddings: Matrix, targets: Matrix, weights: Float64Array, centre: Float64Array, squares: Matrix): Matrix {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const gram = { ...squares, values: squares.values.slice() }
  const size = gram.rows
  for (let row = 0; row < size; row++) {
    addScaledAt(gram.values, row * size, centre, 0, row + 1, -total * (centre[row] as number))
    gram.values[row * size + row] = (gram.values[row * size + row] as number) + ridge
  }
  const right = emptyMatrix(targets.columns, size)
  const sums = new Float64Array(targets.columns)
  for (let row = 0; row < embeddings.rows; row++) {
    const weight = weights[row] as number
    addScaled(sums, rowOf(targets, row), weight)
    addOuter(right, rowOf(targets, row), rowOf(embeddings, row), weight)
  }
  addOuter(right, sums, centre, -1)
  return transposed(solveInPlace(gram, transposed(right)))
}

/** target += factor · column · rowᵀ */
function addOuter(target: Matrix, column: Float64Array, row: Float64Array, factor: number): void {
  column.forEach((value, index) => {
    if (value !== 0) addScaled(rowOf(target, index), row, factor * value)
  })
}

function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = emptyMatrix(columns, rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned.values[column * rows + row] = values[row * columns + column] as number
  }
  return turned
}
