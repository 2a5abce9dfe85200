import sharp from 'sharp'
import { maxPixels } from './limits.ts'
import { readHeader, type PictureHeader } from './picture.ts'
import { stripTiff } from './strip-tiff.ts'

const photometricTag = 262
const bitsTag = 258
const cieLab = 8

/** Bytes for each pixel that `widenLab` holds at once: the file, its copy, the samples with 8 and with 16 bits. */
const bytesPerPixel = 16

/**
 * Where a CIELab TIFF with 8 bits a sample says that it is one (TIFF 6.0, section 23): position of the tag's value. Null for every
 * other file. libvips takes such files for its own packed Lab and refuses them; those with 16 bits it reads.
 */
export function findLab8(file: Buffer): number | null {
  const little = file.toString('latin1', 0, 2) === 'II'
  const short = (at: number): number => (at + 2 > file.length ? 0 : little ? file.readUInt16LE(at) : file.readUInt16BE(at))
  const long = (at: number): number => (at + 4 > file.length ? 0 : little ? file.readUInt32LE(at) : file.readUInt32BE(at))
  if (short(2) !== 42) return null
  const start = long(4)
  let lab: number | null = null
  let bits = 0
  for (let entry = start + 2; entry < start + 2 + short(start) * 12 && entry + 12 <= file.length; entry += 12) {
    const tag = short(entry)
    if (tag === photometricTag && short(entry + 8) === cieLab) lab = entry + 8
    if (tag === bitsTag) bits = long(entry + 4) > 2 ? short(long(entry + 8)) : short(entry + 8)
  }
  return bits === 8 ? lab : null
}

/**
 * Turns a CIELab TIFF with 8 bits a sample into one with 16 bits, upright. `at` comes from `findLab8`; `check` throws where the
 * picture is too large.
 */
export async function widenLab(file: Buffer, at: number, check: (header: PictureHeader) => void): Promise<Buffer> {
  // As RGB the same samples are read as they are.
  const asRgb = Buffer.from(file)
  const [first, second] = file.toString('latin1', 0, 2) === 'II' ? [2, 0] : [0, 2]
  asRgb[at] = first ?? 0
  asRgb[at + 1] = second ?? 0
  const header = await readHeader(asRgb, 'tiff')
  check({ ...header, heldBytes: header.width * header.height * bytesPerPixel })
  const { data, info } = await sharp(asRgb, { limitInputPixels: maxPixels, failOn: 'warning', ignoreIcc: true, sequentialRead: true })
    .autoOrient()
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { tiff, at: pixels } = stripTiff({ width: info.width, height: info.height, samples: 3, bits: 16, photometric: 8, profile: null })
  for (let from = 0, to = pixels; from + 2 < data.length; from += 3, to += 6) {
    // Lightness fills the whole range; the two colours are signed.
    const lightness = data[from] ?? 0
    tiff[to] = lightness
    tiff[to + 1] = lightness
    tiff[to + 3] = data[from + 1] ?? 0
    tiff[to + 5] = data[from + 2] ?? 0
  }
  return tiff
}
