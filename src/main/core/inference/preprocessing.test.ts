import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Preprocessing } from './manifest.ts'
import { loadPixels, writeInput } from './preprocessing.ts'

const preprocessing: Preprocessing = {
  width: 32,
  height: 32,
  fit: 'fill',
  kernel: 'cubic',
  background: [255, 255, 255],
  mean: [127, 127, 127],
  std: [128, 64, 32],
  layout: 'NCHW',
  colour: 'srgb'
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-preprocessing-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function pixel(pixels: Uint8Array, x: number, y: number): number[] {
  return [...pixels.slice((y * 32 + x) * 3, (y * 32 + x) * 3 + 3)]
}

/** Left half black, right half white. */
function halves(width: number, height: number): Sharp {
  const white = { create: { width: width / 2, height, channels: 3 as const, background: '#fff' } }
  return sharp({ create: { width, height, channels: 3, background: '#000' } }).composite([{ input: white, left: width / 2, top: 0 }])
}

describe('loadPixels', () => {
  it('turns the picture upright first', async () => {
    const file = join(folder, 'turned.jpg')
    await halves(64, 64).withMetadata({ orientation: 6 }).jpeg().toFile(file)
    const pixels = await loadPixels(file, preprocessing)
    // Orientation 6 is turned clockwise: what was left is above.
    expect(pixel(pixels, 2, 2)[0]).toBeLessThan(10)
    expect(pixel(pixels, 29, 2)[0]).toBeLessThan(10)
    expect(pixel(pixels, 2, 29)[0]).toBeGreaterThan(245)
  })

  it('lays transparency over the background', async () => {
    const file = join(folder, 'transparent.png')
    await sharp({ create: { width: 50, height: 50, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } })
      .png()
      .toFile(file)
    const [r, g, b] = pixel(await loadPixels(file, preprocessing), 10, 10)
    expect(r).toBe(255)
    expect(g).toBeGreaterThanOrEqual(126)
    expect(g).toBeLessThanOrEqual(129)
    expect(b).toBe(g)
  })

  it('takes grey of 16 bits and CMYK as sRGB of 8 bits', async () => {
    const grey = join(folder, 'grey16.png')
    const data = new Uint16Array(40 * 40).fill(0x8080)
    await sharp(data, { raw: { width: 40, height: 40, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toFile(grey)
    expect(pixel(await loadPixels(grey, preprocessing), 5, 5)).toEqual([128, 128, 128])
    const cmyk = join(folder, 'cmyk.jpg')
    await halves(64, 64).toColourspace('cmyk').jpeg().toFile(cmyk)
    const pixels = await loadPixels(cmyk, preprocessing)
    expect(pixels).toHaveLength(32 * 32 * 3)
    expect(pixel(pixels, 29, 5)[0]).toBeGreaterThan(240)
    expect(pixel(pixels, 2, 5)[0]).toBeLessThan(80)
  })

  it('keeps the whole picture and its proportions with "contain"', async () => {
    const file = join(folder, 'wide.png')
    await sharp({ create: { width: 400, height: 100, channels: 3, background: '#000' } })
      .png()
      .toFile(file)
    const pixels = await loadPixels(file, { ...preprocessing, fit: 'contain', background: [9, 8, 7] })
    expect(pixel(pixels, 16, 11)).toEqual([9, 8, 7])
    expect(pixel(pixels, 0, 12)).toEqual([0, 0, 0])
    expect(pixel(pixels, 31, 19)).toEqual([0, 0, 0])
    expect(pixel(pixels, 16, 20)).toEqual([9, 8, 7])
  })

  it('enlarges a small picture with "fill" and with "contain"', async () => {
    const file = join(folder, 'small.png')
    await halves(20, 10).png().toFile(file)
    const filled = await loadPixels(file, preprocessing)
    expect(pixel(filled, 1, 31)[0]).toBe(0)
    expect(pixel(filled, 30, 0)[0]).toBe(255)
    const contained = await loadPixels(file, { ...preprocessing, fit: 'contain' })
    expect(pixel(contained, 1, 16)[0]).toBe(0)
    expect(pixel(contained, 1, 7)[0]).toBe(255)
  })
})

describe('writeInput', () => {
  it('writes planes of (value - mean) / std into the place of the picture', () => {
    const pixels = new Uint8Array(32 * 32 * 3)
    pixels.set([255, 191, 127], 3)
    const tensor = new Float32Array(2 * 3 * 32 * 32)
    writeInput(pixels, preprocessing, tensor, 1)
    const plane = 32 * 32
    expect(tensor.slice(0, 3 * plane).every((value) => value === 0)).toBe(true)
    expect([0, 1, 2].map((channel) => tensor[3 * plane + channel * plane + 1])).toEqual([1, 1, 0])
    expect(tensor[3 * plane]).toBeCloseTo(-127 / 128, 6)
  })
})
