import { describe, expect, it } from 'vitest'
import { letterbox, resample, type Picture } from './resample.ts'

/** A picture of `width` x `height` with one grey value per pixel. */
function grey(width: number, height: number, value: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.fill(value(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3)
  return { data, width, height }
}

function row(picture: Picture, y: number): number[] {
  return Array.from({ length: picture.width }, (_, x) => picture.data[(y * picture.width + x) * 3] ?? -1)
}

const ramp = grey(20, 4, (x) => x * 12)

describe('resample', () => {
  it('gives the values of Pillow 12 (Image.resize with BICUBIC) for a ramp', () => {
    expect(row(resample(ramp, 21, 4, 'cubic'), 2)).toEqual([
      0, 11, 23, 34, 45, 57, 68, 80, 91, 103, 114, 125, 137, 148, 160, 171, 183, 194, 205, 217, 228
    ])
    expect(row(resample(ramp, 40, 4, 'cubic'), 0).slice(0, 8)).toEqual([0, 2, 9, 15, 21, 27, 33, 39])
  })

  it('does the same downwards as sideways', () => {
    const upright = grey(4, 20, (_, y) => y * 12)
    const taller = resample(upright, 4, 40, 'cubic')
    const column = Array.from({ length: 40 }, (_, y) => taller.data[y * 4 * 3])
    expect(column).toEqual(row(resample(ramp, 40, 4, 'cubic'), 0))
  })

  it('leaves a plain colour plain with every kernel', () => {
    for (const kernel of ['linear', 'cubic', 'lanczos3'] as const) {
      const larger = resample(
        grey(5, 3, () => 77),
        13,
        8,
        kernel
      )
      expect([larger.width, larger.height]).toEqual([13, 8])
      expect(new Set(larger.data)).toEqual(new Set([77]))
    }
  })

  it('is the same picture at the same size', () => {
    expect(resample(ramp, 20, 4, 'lanczos3')).toBe(ramp)
  })
})

describe('letterbox', () => {
  it('puts the picture in the middle, an odd remainder right and below', () => {
    const boxed = letterbox(
      grey(2, 1, () => 9),
      5,
      2,
      [1, 2, 3]
    )
    expect(row(boxed, 0)).toEqual([1, 9, 9, 1, 1])
    expect(row(boxed, 1)).toEqual([1, 1, 1, 1, 1])
    expect([...boxed.data.slice(0, 3)]).toEqual([1, 2, 3])
  })
})
