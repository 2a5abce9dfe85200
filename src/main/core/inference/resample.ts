/**
 * Resizing exactly as Pillow 13 does it, which prepares the pictures that networks are trained on: a separable kernel on
 * pixel centres that widens when it reduces, weights cut off at the edge, fixed-point sums of 22 bits, 8 bits between the
 * two directions. libvips rounds otherwise, places its kernel in steps of 1/64 pixel and shifts enlarged pictures by up to
 * half a pixel; differences of one grey level already move a score by more than the 0.02 that parity allows.
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
const precisionBits = 22
const half = 1 << (precisionBits - 1)

/** Weight by distance in source pixels, and the distance from which it is zero. */
const kernels: Record<Kernel, { weight: (distance: number) => number; support: number }> = {
  linear: { weight: (x) => Math.max(0, 1 - x), support: 1 },
  cubic: { weight: cubic, support: 2 },
  lanczos3: { weight: lanczos3, support: 3 }
}

/** Cubic convolution with a = -0.5 (Keys 1981), also called Catmull-Rom. */
function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? ((x - 5) * x + 8) * x * -0.5 + 2 : 0
}

function lanczos3(x: number): number {
  const sinc = (value: number): number => (value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value))
  return x < 3 ? sinc(x) * sinc(x / 3) : 0
}

/** Source pixels are weighed in groups of this many, so that the weights of a group stay in registers. */
const group = 6

/**
 * Source pixels of each target pixel along a line: where they begin, and `count` weights in fixed point, the same number
 * for all and a multiple of a group; the last ones may be zero.
 */
interface Taps {
  readonly first: Int32Array
  readonly weights: Int32Array
  readonly count: number
}

function makeTaps(from: number, to: number, kernel: Kernel): Taps {
  const { weight, support } = kernels[kernel]
  const scale = from / to
  const width = Math.max(scale, 1)
  const reach = support * width
  const begin = (target: number): number => Math.max(0, Math.trunc((target + 0.5) * scale - reach + 0.5))
  const end = (target: number): number => Math.min(from, Math.trunc((target + 0.5) * scale + reach + 0.5))
  let most = 0
  for (let target = 0; target < to; target++) most = Math.max(most, end(target) - begin(target))
  const count = Math.ceil(most / group) * group
  const taps: Taps = { first: new Int32Array(to), weights: new Int32Array(to * count), count }
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale
    const exact = Array.from({ length: end(target) - begin(target) }, (_, tap) =>
      weight(Math.abs((begin(target) + tap - centre + 0.5) / width))
    )
    const sum = exact.reduce((total, value) => total + value, 0)
    // Moved back where the zeros at the end would lie outside of the line.
    const first = Math.max(0, Math.min(begin(target), from - count))
    exact.forEach((value, tap) => {
      const fixed = (value / sum) * (1 << precisionBits)
      taps.weights[target * count + begin(target) - first + tap] = Math.trunc(fixed + Math.sign(fixed) * 0.5)
    })
    taps.first[target] = first
  }
  return taps
}

/** Taps of sizes met lately: most pictures of a collection have one of a few sizes. */
const known = new Map<string, Taps>()
const mostKnown = 64

function tapsOf(from: number, to: number, kernel: Kernel): Taps {
  const key = `${from} ${to} ${kernel}`
  const found = known.get(key)
  if (found) return found
  if (known.size >= mostKnown) known.clear()
  const made = makeTaps(from, to, kernel)
  known.set(key, made)
  return made
}

/** Memory for the picture between the two directions; this code never waits in between, so one is enough. */
let between = new Uint8Array(0)

function borrow(length: number): Uint8Array {
  if (between.length < length) between = new Uint8Array(length)
  return between.subarray(0, length)
}

/** The picture at `width` x `height`. */
export function resample(picture: Picture, width: number, height: number, kernel: Kernel): Picture {
  // Pillow's choice of the cheaper order; it shows, because of the 8 bits in between.
  const lost = { x: picture.width - width, y: picture.height - height }
  if (lost.x === 0 && lost.y === 0) return picture
  const data = new Uint8Array(width * height * channels)
  if (lost.x === 0) return resampleHeight(picture, height, kernel, data)
  if (lost.y === 0) return resampleWidth(picture, width, kernel, data)
  if (lost.y > 0 && lost.y > 2 * lost.x) {
    const lower = resampleHeight(picture, height, kernel, borrow(picture.width * height * channels))
    return resampleWidth(lower, width, kernel, data)
  }
  const narrower = resampleWidth(picture, width, kernel, borrow(width * picture.height * channels))
  return resampleHeight(narrower, height, kernel, data)
}

/** Rows that are resized together, so that they stay in the processor's cache. */
const rowsTogether = 64

function resampleWidth(picture: Picture, width: number, kernel: Kernel, data: Uint8Array): Picture {
  const { first, weights, count } = tapsOf(picture.width, width, kernel)
  const [from, to] = [picture.width * channels, width * channels]
  const sums = new Int32Array(rowsTogether * channels)
  for (let top = 0; top < picture.height; top += rowsTogether) {
    const rows = Math.min(rowsTogether, picture.height - top)
    for (let x = 0; x < width; x++) {
      sums.fill(half)
      const source = top * from + (first[x] as number) * channels
      for (let tap = 0; tap < count; tap += group) {
        addGroup(sums, rows, picture.data, source + tap * channels, channels, from, weights, x * count + tap)
      }
      for (let y = 0, sum = 0, target = top * to + x * channels; y < rows; y++, target += to) {
        data[target] = toByte(sums[sum++] as number)
        data[target + 1] = toByte(sums[sum++] as number)
        data[target + 2] = toByte(sums[sum++] as number)
      }
    }
  }
  return { data, width, height: picture.height }
}

function resampleHeight(picture: Picture, height: number, kernel: Kernel, data: Uint8Array): Picture {
  const { first, weights, count } = tapsOf(picture.height, height, kernel)
  const row = picture.width * channels
  const sums = new Int32Array(row)
  for (let y = 0; y < height; y++) {
    sums.fill(half)
    for (let tap = 0; tap < count; tap += group) {
      addGroup(sums, picture.width, picture.data, ((first[y] as number) + tap) * row, row, channels, weights, y * count + tap)
    }
    for (let x = 0, target = y * row; x < row; x++, target++) data[target] = toByte(sums[x] as number)
  }
  return { data, width: picture.width, height }
}

/**
 * Adds one group of weighed source values to the sums of `pixels` pixels. `start` is the first value of the first pixel,
 * `tap` the step from one weight's value to the next one's, `next` the step from pixel to pixel.
 */
function addGroup(
  sums: Int32Array,
  pixels: number,
  source: Uint8Array,
  start: number,
  tap: number,
  next: number,
  weights: Int32Array,
  first: number
): void {
  const a = weights[first] as number
  const b = weights[first + 1] as number
  const c = weights[first + 2] as number
  const d = weights[first + 3] as number
  const e = weights[first + 4] as number
  const f = weights[first + 5] as number
  for (let pixel = 0, sum = 0; pixel < pixels; pixel++, start += next) {
    for (let at = start; at < start + channels; at++, sum++) {
      sums[sum] =
        (sums[sum] as number) +
        Math.imul(source[at] as number, a) +
        Math.imul(source[at + tap] as number, b) +
        Math.imul(source[at + 2 * tap] as number, c) +
        Math.imul(source[at + 3 * tap] as number, d) +
        Math.imul(source[at + 4 * tap] as number, e) +
        Math.imul(source[at + 5 * tap] as number, f)
    }
  }
}

function toByte(sum: number): number {
  const value = sum >> precisionBits
  return value < 0 ? 0 : value > 255 ? 255 : value
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
