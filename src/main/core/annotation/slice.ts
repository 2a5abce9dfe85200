/**
 * Maximum time of one slice of a large write, in milliseconds. The writer answers calls in order, so a decision waits for one slice
 * and its commit at most: well under the 200 ms that a person notices.
 */
export const sliceTime = 30

/** Maximum number of objects in one slice. */
export const sliceObjects = 1000

/** The result of a slice. `processed` counts the objects it looked at; `done`: none is left. */
export interface SliceResult {
  readonly processed: number
  readonly done: boolean
}

/**
 * Whether a slice that starts now has room for another object. There is always room for one, so that every slice makes progress.
 */
export function createSliceLimit(clock: () => number = () => performance.now()): (processed: number) => boolean {
  const end = clock() + sliceTime
  return (processed) => processed === 0 || (processed < sliceObjects && clock() < end)
}
