import sharp, { type Metadata, type SharpOptions } from 'sharp'
import type { PictureFormat } from './format.ts'
import { readJpegFrame, type JpegFrame } from './jpeg-header.ts'
import { maxPixels, maxThumbBytes, screenSide, thumbSide } from './limits.ts'
import { readAt, withFile } from './source.ts'

sharp.cache(false)

/** Bytes of a whole file, or the path of a file too large to hold. */
export type PictureSource = Buffer | string

/** What the header says, before any pixel is touched. Width and height are those of the upright picture. */
export interface PictureHeader {
  readonly width: number
  readonly height: number
  /** Pages of a multi-page TIFF; 1 for everything else, animations included. */
  readonly pages: number
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number
  /** Memory that decoding needs at once, in bytes. */
  readonly heldBytes: number
  /** Whether a browser shows the file itself upright, in its colours and completely: RGB or grey with 8 bits. */
  readonly plain: boolean
}

/** The two pictures that the catalogue keeps, as JPEG files in sRGB. */
export interface DrawnPicture {
  readonly screen: Buffer
  readonly thumb: Buffer
}

/** Reads the header alone. No limit is set here, so that a refusal can name the size. */
export async function readHeader(source: PictureSource, format: PictureFormat): Promise<PictureHeader> {
  const frame = format === 'jpeg' ? jpegFrame(source) : null
  if (frame !== null && !frame.exif) return uprightJpeg(frame)
  const header = await sharp(source, { limitInputPixels: false, failOn: 'none' }).metadata()
  return {
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    pages: format === 'tiff' ? (header.pages ?? 1) : 1,
    orientation: header.orientation ?? 1,
    heldBytes: frame === null ? heldBytes(header, format) : coefficientBytes(frame),
    plain: header.depth === 'uchar' && (header.space === 'srgb' || header.space === 'b-w')
  }
}

function jpegFrame(source: PictureSource): JpegFrame | null {
  if (typeof source !== 'string') return readJpegFrame((at, length) => source.subarray(at, at + length))
  return withFile(source, (file) => readJpegFrame((at, length) => readAt(file, at, length)))
}

function uprightJpeg(frame: JpegFrame): PictureHeader {
  const { width, height, bits, components } = frame
  const plain = bits === 8 && (components === 1 || components === 3)
  return { width, height, pages: 1, orientation: 1, heldBytes: coefficientBytes(frame), plain }
}

/** Two bytes for every coefficient where the picture comes in several scans. */
function coefficientBytes({ width, height, severalScans, samplesPerPixel }: JpegFrame): number {
  return severalScans ? width * height * 2 * samplesPerPixel : 0
}

/**
 * Memory that decoding holds at once, in bytes (measured: docs/benchmarks.md). JPEG in one scan, plain PNG and TIFF go strip by
 * strip; a JPEG whose headers make no plain sense may have several scans. The others keep the whole bitmap: GIF with the frame
 * before, AVIF as planes and RGB, HEIC as planes, RGBA and what is handed over.
 */
function heldBytes(header: Metadata, format: PictureFormat): number {
  const pixels = header.width * header.height
  const sample = header.depth === 'ushort' ? 2 : 1
  switch (format) {
    case 'jpeg':
      return pixels * 2 * header.channels
    case 'png':
      return header.isProgressive ? pixels * header.channels * sample : 0
    case 'webp':
      return pixels * 4
    case 'gif':
      return pixels * 5
    case 'avif':
      return pixels * 8
    case 'heic':
      return pixels * 12
    case 'tiff':
      return 0
  }
}

/** How strict the decoder is: `warning` accepts only files without any fault, `truncated` whatever is there to its end. */
export type Strictness = 'warning' | 'truncated'

function options(failOn: Strictness): SharpOptions {
  return { limitInputPixels: maxPixels, failOn, sequentialRead: true }
}

/**
 * Draws both kept pictures from one decoding: upright, the first page or frame, colours turned to sRGB by the embedded
 * profile, 8 bits, transparency on white. JPEG is shrunk while it is loaded. Smaller pictures are never enlarged.
 */
export async function drawPicture(source: PictureSource, strictness: Strictness): Promise<DrawnPicture> {
  const { data, info } = await sharp(source, options(strictness))
    .autoOrient()
    .resize({ width: screenSide, height: screenSide, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } } as const
  const screen = await sharp(data, raw).jpeg({ quality: 86 }).toBuffer()
  const drawThumb = (quality: number): Promise<Buffer> =>
    sharp(data, raw).resize({ width: thumbSide, height: thumbSide, fit: 'inside', withoutEnlargement: true }).jpeg({ quality }).toBuffer()
  let thumb = await drawThumb(80)
  for (let quality = 60; thumb.length > maxThumbBytes && quality >= 20; quality -= 20) thumb = await drawThumb(quality)
  return { screen, thumb }
}

/** Draws a picture for a glance: upright, in sRGB, faults in the file ignored. `side` = its long side in pixels. */
export async function drawSmall(source: PictureSource, side: number): Promise<Buffer> {
  return await sharp(source, options('truncated'))
    .autoOrient()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: 70 })
    .toBuffer()
}

/** Turns an original that no browser shows into a JPEG of at most `side` pixels on its long side. */
export async function drawFull(source: PictureSource, side: number): Promise<Buffer> {
  return await sharp(source, options('truncated'))
    .autoOrient()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: 90 })
    .toBuffer()
}
