/**
 * How long one slice of a large write may take, milliseconds. The writer answers in the order of the calls, so a decision waits
 * for one slice and its commit at most: well under the 200 ms after which a person notices.
 */
export const sliceTime = 30

/** The most objects of one slice, however fast they are. */
export const sliceObjects = 1000

/** What a slice did. `processed` counts objects that were looked at; `done` says that none is left. */
export interface SliceResult {
  readonly processed: number
  readonly done: boolean
}

/** Says whether a slice that begins now still has room for an object. It always has room for one, so that every slice gets on. */
export function createSliceLimit(clock: () => number = () => performance.now()): (processed: number) => boolean {
  const end = clock() + sliceTime
  return (processed) => processed === 0 || (processed < sliceObjects && clock() < end)
}
