import { dot, rowOf, type Matrix } from './matrix.ts'

/**
 * Orders objects so that those that represent many others come first: greedy facility location (docs/science.md, "Learning from the first decisions").
 * Next is the row that raises the sum, over all rows, of the similarity to the most similar chosen row the most; the first row wins
 * a tie.
 * @param embeddings (objects, features): one picture of each object, of length one
 * @returns up to `count` rows in their order
 */
export function workList(embeddings: Matrix, count: number): number[] {
  const best = new Float64Array(embeddings.rows).fill(-1)
  const chosen: number[] = []
  const free = new Set(Array.from({ length: embeddings.rows }, (_, row) => row))
  // A row's gain only falls as others are chosen: its last value is an upper bound, so most rows need no second look.
  const bound = new Float64Array(embeddings.rows).fill(Infinity)
  while (chosen.length < count && free.size > 0) {
    const [next, similarity] = nextRow(embeddings, best, bound, free)
    chosen.push(next)
    free.delete(next)
    similarity.forEach((value, row) => (best[row] = Math.max(best[row] as number, value)))
  }
  return chosen
}

function nextRow(embeddings: Matrix, best: Float64Array, bound: Float64Array, free: ReadonlySet<number>): [number, Float64Array] {
  const order = [...free].sort((a, b) => (bound[b] as number) - (bound[a] as number) || a - b)
  let found: { row: number; gain: number; similarity: Float64Array } | null = null
  for (const row of order) {
    if (found !== null && (bound[row] as number) < found.gain) break
    const similarity = Float64Array.from({ length: embeddings.rows }, (_, other) => dot(rowOf(embeddings, row), rowOf(embeddings, other)))
    const gain = similarity.reduce((sum, value, other) => sum + Math.max(0, value - (best[other] as number)), 0)
    bound[row] = gain
    if (found === null || gain > found.gain || (gain === found.gain && row < found.row)) found = { row, gain, similarity }
  }
  if (found === null) throw new Error('no row is free')
  return [found.row, found.similarity]
}
