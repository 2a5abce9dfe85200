import { resolve } from 'node:path'
import { keptFile } from '../media/thumbnails.ts'
import type { PictureRow } from './operations.ts'
import type { PictureSource } from './protocol.ts'

/** Larger originals, in pixels, are read as the catalogue's screen-size picture: the network sees no difference, memory does. */
const largestOriginal = 100_000_000

/** The files that may hold a picture of the catalogue in `folder`. */
export function pictureSource(folder: string, picture: PictureRow): PictureSource {
  const tooLarge = picture.pixels > largestOriginal
  return {
    originals: tooLarge ? [] : picture.originals.map((original) => resolve(folder, original)),
    bytes: picture.bytes,
    pixels: picture.pixels,
    screen: keptFile(folder, picture.sha256, 'screen')
  }
}
