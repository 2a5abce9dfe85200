/**
 * Enlarging as Pillow does it, which trained the networks: a separable kernel on pixel centres, weights cut off at the edge
 * and made to sum to one again, 8 bits between the two directions. libvips shifts enlarged pictures by up to half a
 * pixel, which moves scores by more than parity allows; for reducing both agree, so only enlarging is done here.
 */
import type { Preprocessing } from './manifest.ts'

/** A picture of three channels of 8 bits, row by row. */
export interface Picture {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

type Kernel = Preprocessing['kernel']

const channels = 3

/** Cubic convolution with the given sharpness (Keys 1981; -0.5 is Catmull-Rom). */
function cubic(a: number): (x: number) => number {
  return (x) => {
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
  }
}

function lanczos(lobes: number): (x: number) => number {
  const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
  return (x) => (x < lobes ? sinc(x) * sinc(x / lobes) : 0)
}

/** Weight by distance in source pixels, and the distance from which it is zero. */
const kernels: Record<Kernel, { weight: (distance: number) => number; support: number }> = {
  linear: { weight: (x) => Math.max(0, 1 - x), support: 1 },
  cubic: { weight: cubic(-0.5), support: 2 },
  lanczos3: { weight: lanczos(3), support: 3 }
}

/** Source pixels of one target pixel along a line: the first, and a weight for each from there on. */
interface Taps {
  readonly first: number
  readonly weights: Float64Array
}

function tapsOf(from: number, to: number, kernel: Kernel): Taps[] {
  const { weight, support } = kernels[kernel]
  return Array.from({ length: to }, (_, target) => {
    const centre = ((target + 0.5) * from) / to
    const first = Math.max(0, Math.floor(centre - support + 0.5))
    const end = Math.max(first + 1, Math.min(from, Math.floor(centre + support + 0.5)))
    const weights = Float64Array.from({ length: end - first }, (_, tap) => weight(Math.abs(first + tap + 0.5 - centre)))
    const sum = weights.reduce((total, value) => total + value, 0)
    return { first, weights: weights.map((value) => value / sum) }
  })
}

/** The picture enlarged to `width` x `height`, neither less than its own. */
export function enlarge(picture: Picture, width: number, height: number, kernel: Kernel): Picture {
  return enlargeHeight(enlargeWidth(picture, width, kernel), height, kernel)
}

function enlargeWidth(picture: Picture, width: number, kernel: Kernel): Picture {
  if (width === picture.width) return picture
  const data = new Uint8ClampedArray(width * picture.height * channels)
  const taps = tapsOf(picture.width, width, kernel)
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = taps[x] as Taps
      const source = (y * picture.width + first) * channels
      const target = (y * width + x) * channels
      addUp(picture.data, source, channels, weights, data, target)
    }
  }
  return { data: new Uint8Array(data.buffer), width, height: picture.height }
}

function enlargeHeight(picture: Picture, height: number, kernel: Kernel): Picture {
  if (height === picture.height) return picture
  const row = picture.width * channels
  const data = new Uint8ClampedArray(row * height)
  const taps = tapsOf(picture.height, height, kernel)
  for (let y = 0; y < height; y++) {
    const { first, weights } = taps[y] as Taps
    for (let x = 0; x < picture.width; x++) {
      addUp(picture.data, first * row + x * channels, row, weights, data, y * row + x * channels)
    }
  }
  return { data: new Uint8Array(data.buffer), width: picture.width, height }
}

/** One target pixel: the weighted sum of source pixels that lie `stride` values apart, per channel. */
function addUp(source: Uint8Array, start: number, stride: number, weights: Float64Array, target: Uint8ClampedArray, place: number): void {
  let [r, g, b] = [0, 0, 0]
  for (let tap = 0, at = start; tap < weights.length; tap++, at += stride) {
    const weight = weights[tap] as number
    r += weight * (source[at] as number)
    g += weight * (source[at + 1] as number)
    b += weight * (source[at + 2] as number)
  }
  target[place] = r
  target[place + 1] = g
  target[place + 2] = b
}

/** The picture in the middle of a canvas of `width` x `height`; an odd remainder goes to the right and below. */
export function letterbox(picture: Picture, width: number, height: number, background: readonly [number, number, number]): Picture {
  if (width === picture.width && height === picture.height) return picture
  const data = new Uint8Array(width * height * channels)
  for (let at = 0; at < data.length; at += channels) data.set(background, at)
  const [left, top] = [Math.floor((width - picture.width) / 2), Math.floor((height - picture.height) / 2)]
  const row = picture.width * channels
  for (let y = 0; y < picture.height; y++) {
    data.set(picture.data.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels)
  }
  return { data, width, height }
}
