import sharp from 'sharp'
import { decodeSeconds, maxPixels } from '../media/limits.ts'
import type { Preprocessing } from './manifest.ts'
import { enlarge, letterbox } from './resample.ts'

/** Three channels of 8 bits, row by row: height x width x 3 values. */
export type Pixels = Uint8Array

/**
 * The picture in `file` at a network's size, as the manifest says: upright, in sRGB, transparency over the background, the
 * whole picture squashed (`fill`) or letterboxed (`contain`). Throws sharp's error when the file cannot be decoded.
 */
export async function loadPixels(file: string, preprocessing: Preprocessing): Promise<Pixels> {
  const { width, height, kernel, background } = preprocessing
  const [r, g, b] = background
  const source = sharp(file, { failOn: 'truncated', limitInputPixels: maxPixels, sequentialRead: true })
  const inner = preprocessing.fit === 'fill' ? { width, height } : contained((await source.metadata()).autoOrient, preprocessing)
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: { r, g, b } })
    // Decoding at a reduced size may leave less than twice the pixels that the kernel needs; that is visible in the scores.
    .resize(inner.width, inner.height, { fit: 'fill', kernel, withoutEnlargement: true, fastShrinkOnLoad: false })
    .toColourspace('srgb')
    .removeAlpha()
    .timeout({ seconds: decodeSeconds })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const enlarged = enlarge({ data, width: info.width, height: info.height }, inner.width, inner.height, kernel)
  return letterbox(enlarged, width, height, background).data
}

/** Size of the whole picture within the network's, its proportions kept. */
function contained(picture: { width: number; height: number }, { width, height }: Preprocessing): { width: number; height: number } {
  const scale = Math.min(width / picture.width, height / picture.height)
  return { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) }
}

/** Writes pixels as (value - mean) / std into place `slot` of an input tensor of shape (n, 3, height, width). */
export function writeInput(pixels: Pixels, preprocessing: Preprocessing, tensor: Float32Array, slot: number): void {
  const plane = preprocessing.width * preprocessing.height
  const start = slot * 3 * plane
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (preprocessing.std[channel] ?? 1)
    const shift = (preprocessing.mean[channel] ?? 0) * scale
    let target = start + channel * plane
    for (let source = channel; source < 3 * plane; source += 3) tensor[target++] = (pixels[source] as number) * scale - shift
  }
}
