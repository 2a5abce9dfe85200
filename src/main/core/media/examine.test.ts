import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stripTiff } from './strip-tiff.ts'
import { unwatched } from './work.ts'
import { examine, type ExaminedPicture } from './examine.ts'
import { maxThumbBytes } from './limits.ts'
import { noise, pagesPicture, quarters, quartersPicture } from './pictures.fixture.ts'
import { keptFile } from './thumbnails.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fitxa-examine-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function take(name: string, bytes: Buffer): Promise<ExaminedPicture> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const examined = await examine({ path, file: name, catalogueFolder: folder, copyTo: null, draw: true }, unwatched)
  if (examined.kind !== 'picture') throw new Error('drawn before')
  return examined
}

/** Colours in the middle of the four quarters of a kept picture. */
async function quartersOf(sha256: string, size: 'thumb' | 'screen'): Promise<number[][]> {
  const { data, info } = await sharp(keptFile(folder, sha256, size))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(3)
  return [1, 3].flatMap((row) =>
    [1, 3].map((column) => {
      const at = (Math.floor((info.height * row) / 4) * info.width + Math.floor((info.width * column) / 4)) * 3
      return [...data.subarray(at, at + 3)]
    })
  )
}

function expectColours(found: number[][], expected: readonly (readonly number[])[], tolerance = 6): void {
  found.forEach((colour, index) => {
    colour.forEach((value, channel) => expect(Math.abs(value - (expected[index]?.[channel] ?? NaN))).toBeLessThanOrEqual(tolerance))
  })
}

describe('takes with the right colours and size', () => {
  it.each<[string, () => Promise<Buffer>, number]>([
    ['baseline.jpg', () => quartersPicture().jpeg({ quality: 95 }).toBuffer(), 6],
    ['progressive.jpg', () => quartersPicture().jpeg({ quality: 95, progressive: true }).toBuffer(), 6],
    ['plain.png', () => quartersPicture().png().toBuffer(), 3],
    ['16-bit.png', () => quartersPicture().toColourspace('rgb16').png().toBuffer(), 3],
    ['16-bit.tif', () => quartersPicture().toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer(), 3],
    ['tiled.tif', () => quartersPicture().tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: 'deflate' }).toBuffer(), 3],
    ['lossless.webp', () => quartersPicture().webp({ lossless: true }).toBuffer(), 3],
    ['picture.avif', () => quartersPicture().avif({ quality: 90 }).toBuffer(), 12],
    ['picture.gif', () => quartersPicture().gif().toBuffer(), 6],
    ['display-p3.jpg', () => quartersPicture().withIccProfile('p3').jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer(), 6],
    ['display-p3.tif', () => quartersPicture().withIccProfile('p3').tiff().toBuffer(), 4]
  ])('%s', async (name, make, tolerance) => {
    const examined = await take(name, await make())
    expect(examined).toMatchObject({ width: 400, height: 200, pages: 1, orientation: 1, faulty: false })
    expectColours(await quartersOf(examined.sha256, 'screen'), quarters, tolerance)
    expectColours(await quartersOf(examined.sha256, 'thumb'), quarters, tolerance)
  })

  it.each([
    ['cmyk.jpg', (picture: Sharp) => picture.jpeg({ quality: 98 })],
    ['cmyk.tif', (picture: Sharp) => picture.tiff({ compression: 'lzw' })]
  ] as const)('%s, whose inks reach fewer colours', async (name, encode) => {
    const dull = [150, 110, 90] as const
    const picture = sharp({ create: { width: 200, height: 100, channels: 3, background: { r: dull[0], g: dull[1], b: dull[2] } } })
    const bytes = await encode(picture.toColourspace('cmyk')).toBuffer()
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'cmyk' })
    expectColours(await quartersOf((await take(name, bytes)).sha256, 'screen'), Array(4).fill(dull), 12)
  })

  it('grey and one-bit pictures', async () => {
    const grey = await take('grey16.tif', await quartersPicture().toColourspace('grey16').tiff().toBuffer())
    const [first] = await quartersOf(grey.sha256, 'screen')
    expect(new Set(first).size).toBe(1)
    const line = await take('line.tif', await quartersPicture().threshold(100).toColourspace('b-w').tiff({ bitdepth: 1 }).toBuffer())
    expect((await quartersOf(line.sha256, 'screen')).flat().every((value) => value < 10 || value > 245)).toBe(true)
  })

  it('transparency on white', async () => {
    const rgba = sharp({ create: { width: 200, height: 100, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0 } } })
    const { sha256 } = await take('clear.png', await rgba.png().toBuffer())
    expectColours(
      await quartersOf(sha256, 'thumb'),
      [
        [255, 255, 255],
        [255, 255, 255],
        [255, 255, 255],
        [255, 255, 255]
      ],
      1
    )
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i upright', async (orientation) => {
    // What an upright picture looks like in the file of a camera held otherwise: the inverse of the orientation.
    const turns: Record<number, (picture: Sharp) => Sharp> = {
      1: (picture) => picture,
      2: (picture) => picture.flop(),
      3: (picture) => picture.rotate(180),
      4: (picture) => picture.flip(),
      5: (picture) => picture.rotate(90),
      6: (picture) => picture.rotate(270),
      7: (picture) => picture.rotate(270),
      8: (picture) => picture.rotate(90)
    }
    let stored = await (turns[orientation]?.(quartersPicture()) ?? quartersPicture()).png().toBuffer()
    if (orientation === 5 || orientation === 7) stored = await sharp(stored).flop().png().toBuffer()
    const name = `orientation-${orientation}.jpg`
    const examined = await take(name, await sharp(stored).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer())
    expect(examined).toMatchObject({ width: 400, height: 200, orientation })
    expectColours(await quartersOf(examined.sha256, 'screen'), quarters)
    expectColours(await quartersOf(examined.sha256, 'thumb'), quarters)
  })

  it('the first page of a TIFF and its number of pages', async () => {
    const pages = await pagesPicture([
      [250, 0, 0],
      [0, 250, 0],
      [0, 0, 250]
    ])
    const examined = await take('pages.tif', await pages.tiff({ compression: 'lzw' }).toBuffer())
    expect(examined).toMatchObject({ pages: 3, width: 80, height: 60 })
    expectColours(await quartersOf(examined.sha256, 'screen'), Array(4).fill([250, 0, 0]))
  })

  it.each(['gif', 'webp'] as const)('the first frame of an animated %s', async (format) => {
    const frames = await pagesPicture([
      [250, 0, 0],
      [0, 250, 0]
    ])
    const examined = await take(`moving.${format}`, await frames.toFormat(format).toBuffer())
    expect(examined).toMatchObject({ pages: 1, width: 80, height: 60, format })
    expectColours(await quartersOf(examined.sha256, 'screen'), Array(4).fill([250, 0, 0]), 12)
  })
})

describe('kept pictures', () => {
  it('have the long sides and the weight that the window counts on', async () => {
    const { sha256 } = await take('noise.png', await noise(2400, 1800).png({ compressionLevel: 0 }).toBuffer())
    expect(await sharp(keptFile(folder, sha256, 'screen')).metadata()).toMatchObject({ width: 1600, height: 1200, format: 'jpeg' })
    expect(await sharp(keptFile(folder, sha256, 'thumb')).metadata()).toMatchObject({ width: 320, height: 240 })
    expect(statSync(keptFile(folder, sha256, 'thumb')).size).toBeLessThanOrEqual(maxThumbBytes)
  })

  it('never enlarge, and a second look draws nothing', async () => {
    const bytes = await quartersPicture(40, 30).png().toBuffer()
    const { sha256 } = await take('small.png', bytes)
    expect(await sharp(keptFile(folder, sha256, 'screen')).metadata()).toMatchObject({ width: 40, height: 30 })
    const path = join(folder, 'small.png')
    expect(await examine({ path, file: 'small.png', catalogueFolder: folder, copyTo: null, draw: false }, unwatched)).toMatchObject({
      kind: 'drawn',
      sha256
    })
  })

  it('are named by content: the same bytes under two names give one', async () => {
    const bytes = await quartersPicture(50, 50).png().toBuffer()
    expect((await take('one.png', bytes)).sha256).toBe((await take('two.jpg', bytes)).sha256)
  })
})

describe('copies', () => {
  it('are the same bytes, and another picture of the same name gets its own', async () => {
    const copy = async (name: string, bytes: Buffer): Promise<string | null> => {
      const path = join(folder, name)
      writeFileSync(path, bytes, { mode: 0o444 })
      const examined = await examine({ path, file: name, catalogueFolder: folder, copyTo: 'originals/set/a.png', draw: true }, unwatched)
      return examined.kind === 'picture' ? examined.copiedTo : null
    }
    const [first, second] = await Promise.all([quartersPicture(60, 60).png().toBuffer(), quartersPicture(61, 61).png().toBuffer()])
    expect(await copy('source-1.png', first)).toBe('originals/set/a.png')
    expect(await copy('source-2.png', second)).toBe('originals/set/a (2).png')
    expect(await copy('source-3.png', first)).toBe('originals/set/a.png')
    expect(readFileSync(join(folder, 'originals/set/a (2).png')).equals(second)).toBe(true)
    expect(existsSync(join(folder, 'originals/set/a (3).png'))).toBe(false)
  })
})

it.each([8, 16] as const)('a CIELab TIFF with %i bits is read in its colours', async (bits) => {
  // Lightness 46, a 68, b 50: a strong red; 46 % of the range, and signed numbers.
  const { tiff, at } = stripTiff({ width: 40, height: 30, samples: 3, bits, photometric: 8, profile: null })
  const pixel = bits === 8 ? [117, 68, 50] : [117, 117, 0, 68, 0, 50]
  for (let to = at; to < tiff.length; to += pixel.length) tiff.set(pixel, to)
  const path = join(folder, `lab-${bits}.tif`)
  writeFileSync(path, tiff)
  const examined = await examine({ path, file: 'lab.tif', catalogueFolder: folder, copyTo: null, draw: true }, unwatched)
  const screen = keptFile(folder, examined.sha256, 'screen')
  const [r = 0, g = 0, b = 0] = await sharp(screen).raw().toBuffer()
  expect(r).toBeGreaterThan(180)
  expect(g).toBeLessThan(60)
  expect(b).toBeLessThan(60)
})
