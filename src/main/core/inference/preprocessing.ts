import sharp, { type Sharp } from 'sharp'
import { decodeSeconds, maxPixels } from '../media/limits.ts'
import type { Preprocessing } from './manifest.ts'
import { letterbox, resample, type Picture } from './resample.ts'

/** Three channels of 8 bits, row by row: height x width x 3 values. */
export type Pixels = Uint8Array

/**
 * Pictures up to this size, in pixels, are decoded in full and resized exactly as in training. Of larger ones the decoder
 * gives every second, fourth … pixel's average, which JPEG gets for free; an exact resize would take longer than the network.
 */
const exactPixels = 4_000_000

/**
 * The picture in `file` at a network's size, as the manifest says: upright, in sRGB, transparency over the background, the
 * whole picture squashed (`fill`) or letterboxed (`contain`). `pixels` is the picture's size where it is known, which saves
 * a look into the file. Throws sharp's error when the file cannot be decoded.
 */
export async function loadPixels(file: string, preprocessing: Preprocessing, pixels: number | null = null): Promise<Pixels> {
  const { width, height, kernel, background } = preprocessing
  const picture = await decode(file, background, pixels)
  const inner = preprocessing.fit === 'fill' ? { width, height } : contained(picture, preprocessing)
  return letterbox(resample(picture, inner.width, inner.height, kernel), width, height, background).data
}

async function decode(file: string, [r, g, b]: Preprocessing['background'], pixels: number | null): Promise<Picture> {
  const source = sharp(file, { failOn: 'truncated', limitInputPixels: maxPixels, sequentialRead: true })
  const size = pixels !== null && pixels <= exactPixels ? null : await reducedSize(source)
  const upright = source.autoOrient().flatten({ background: { r, g, b } })
  const { data, info } = await (size ? upright.resize(size.width, size.height, { fit: 'fill' }) : upright)
    .toColourspace('srgb')
    .removeAlpha()
    .timeout({ seconds: decodeSeconds })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** The half, quarter … of a large picture's size that can be resized exactly; null if the whole can. */
async function reducedSize(source: Sharp): Promise<{ width: number; height: number } | null> {
  const { width, height } = (await source.metadata()).autoOrient
  let part = 1
  while (width * height > exactPixels * part * part) part *= 2
  return part === 1 ? null : { width: Math.ceil(width / part), height: Math.ceil(height / part) }
}

/** Size of the whole picture within the network's, its proportions kept. */
function contained(picture: { width: number; height: number }, { width, height }: Preprocessing): { width: number; height: number } {
  const scale = Math.min(width / picture.width, height / picture.height)
  return { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) }
}

/** Writes pixels as (value - mean) / std into slot `slot` of an input tensor of shape (n, 3, height, width). */
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
