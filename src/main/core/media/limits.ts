/**
 * Largest picture that is taken, in pixels. Scans of maps and textiles reach 500 megapixels; twice that (30,000 x 30,000)
 * is refused, because a header of a few bytes can claim any size and the claim costs memory and minutes.
 */
export const maxPixels = 600_000_000

/**
 * Memory that one picture may need at once, in bytes, where its format can't be decoded strip by strip (progressive JPEG,
 * interlaced PNG, WebP, AVIF, GIF, HEIC). With it a whole import stays under 1.5 GB.
 */
export const maxHeldBytes = 1_000_000_000

/** From this need of memory on, in bytes, pictures are decoded one at a time on all threads together. */
export const heavyBytes = 150_000_000

/** Files up to this size are read into memory once, for hash, metadata and pixels; larger ones are read as streams, in bytes. */
export const maxBufferedBytes = 64_000_000

/** Longest time that a decoder outside the media processes gets for one picture, in seconds. */
export const decodeSeconds = 60

/** Memory that a media process may hold, in bytes: the last resort where an estimate from a header is wrong. */
export const maxWorkerBytes = 1_400_000_000

/** Time that a file may take, in seconds, and what slow disks and networks deliver at least, in bytes a second. */
const fileSeconds = 60
const slowestDisk = 4_000_000

/** Seconds that a file of this size may take: one that takes longer holds a process forever. */
export function secondsFor(bytes: number): number {
  return fileSeconds + Math.ceil(bytes / slowestDisk)
}

/** Long sides of the pictures that the window shows, in pixels (docs/interface.md, "Screens"). */
export const thumbSide = 320
export const screenSide = 1600

/** Long side of a picture that is shown before its file is imported, in pixels. */
export const previewSide = 160

/** A thumbnail never takes more, in bytes: a grid of hundreds is loaded at once. */
export const maxThumbBytes = 60_000

/** Largest original that goes to the window as it is, in pixels; browsers fail on larger bitmaps. */
export const maxFullPixels = 100_000_000

/** Long side of the copy that stands in for a larger original, in pixels. */
export const fullSide = 10_000
