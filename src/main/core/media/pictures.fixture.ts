/** Pictures for the tests, made when they are needed: real files of every format, and hostile ones. */
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** Colours of the four quarters of the test picture: top left, top right, bottom left, bottom right. */
export const quarters = [
  [220, 30, 30],
  [30, 200, 40],
  [40, 60, 210],
  [240, 220, 60]
] as const

/** Raw RGB pixels of a picture whose quarters have the four colours. */
export function quartersRaw(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = quarters[(y * 2 < height ? 0 : 2) + (x * 2 < width ? 0 : 1)] ?? quarters[0]
      pixels.set(colour, (y * width + x) * 3)
    }
  return pixels
}

/** The test picture, to be written in any format. */
export function quartersPicture(width = 400, height = 200): Sharp {
  return sharp(quartersRaw(width, height), { raw: { width, height, channels: 3 } })
}

/** Several pages or frames of one colour each. */
export async function pagesPicture(colours: readonly (readonly [number, number, number])[], width = 80, height = 60): Promise<Sharp> {
  const pages = await Promise.all(
    colours.map(([r, g, b]) =>
      sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
        .png()
        .toBuffer()
    )
  )
  return sharp(pages, { join: { animated: true } })
}

/** Pixels that no codec can shrink. */
export function noise(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3)
  let state = 1
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    pixels[at] = state >>> 24
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

/** A valid PNG of one bit a pixel, all black: a few kilobytes for any number of pixels. */
export function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 })
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0))
  ])
}

function pngChunk(type: string, content: Buffer | string): Buffer {
  const data = Buffer.from(content)
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** Header of an uncompressed RGB TIFF in one strip; `width * height * 3` bytes of pixels belong behind it. */
export function tiffHeader(width: number, height: number, extra: readonly { tag: number; text: string }[] = []): Buffer {
  const fixed = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, 0],
    [277, 3, 1, 3],
    [278, 4, 1, height],
    [279, 4, 1, width * height * 3]
  ]
  const count = fixed.length + extra.length
  const texts = extra.map(({ text }) => Buffer.from(`${text}\0`))
  const textStart = 8 + 2 + count * 12 + 4
  const bytes = Buffer.alloc(textStart + texts.reduce((sum, text) => sum + text.length + (text.length % 2), 0))
  bytes.write('II', 'latin1')
  bytes.writeUInt16LE(42, 2)
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(count, 8)
  let textAt = textStart
  const rows = [
    ...fixed,
    ...extra.map(({ tag }, index) => {
      const text = texts[index] ?? Buffer.alloc(0)
      text.copy(bytes, textAt)
      // XMP is bytes to TIFF; four bytes and less stand in the place of their own offset.
      const row = [
        tag,
        tag === 0x02bc ? 1 : 2,
        text.length,
        text.length <= 4 ? Buffer.concat([text, Buffer.alloc(4)]).readUInt32LE() : textAt
      ]
      textAt += text.length + (text.length % 2)
      return row
    })
  ].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
  rows.forEach(([tag = 0, type = 0, length = 0, value = 0], index) => {
    const at = 10 + index * 12
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(length, at + 4)
    bytes.writeUInt32LE(tag === 273 ? bytes.length : value, at + 8)
  })
  return bytes
}

/** A JPEG whose header claims another size. */
export function jpegOfClaimedSize(jpeg: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(jpeg)
  for (let at = 2; at + 9 < copy.length; at += 2 + copy.readUInt16BE(at + 2)) {
    const marker = copy[at + 1] ?? 0
    if (marker >= 0xc0 && marker <= 0xc2) {
      copy.writeUInt16BE(height, at + 5)
      copy.writeUInt16BE(width, at + 7)
      return copy
    }
  }
  throw new Error('no frame header')
}

/** Headers of a baseline JPEG of three components whose first scan has one of them only (ITU-T T.81, B.2.2 and B.2.3). */
export function jpegInScans(width: number, height: number): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  return Buffer.concat([Buffer.from([0xff, 0xd8]), frame, Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9])])
}

/** A GIF of one pixel's data that claims a canvas of any size. */
export function gifOfClaimedSize(width: number, height: number): Buffer {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1')
  head.writeUInt16LE(width, 6)
  head.writeUInt16LE(height, 8)
  const frame = Buffer.from(',\0\0\0\0\0\0\0\0\0\x02\x02\x44\x01\0;', 'latin1')
  frame.writeUInt16LE(width, 5)
  frame.writeUInt16LE(height, 7)
  return Buffer.concat([head, frame])
}

/** A JPEG with an IPTC record (IIM data sets of record 2) in a Photoshop block; `utf8` marks its texts as UTF-8. */
export function jpegWithIptc(jpeg: Buffer, sets: readonly { id: number; text: Buffer }[], utf8: boolean): Buffer {
  const data = sets.map(({ id, text }) => {
    const head = Buffer.from([0x1c, 2, id, 0, 0])
    head.writeUInt16BE(text.length, 3)
    return Buffer.concat([head, text])
  })
  const mark = utf8 ? Buffer.from([0x1c, 1, 90, 0, 3, 0x1b, 0x25, 0x47]) : Buffer.alloc(0)
  const iim = Buffer.concat([mark, ...data])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(iim.length)
  const pad = Buffer.alloc(iim.length % 2)
  const body = Buffer.concat([Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0', 'latin1'), size, iim, pad])
  const segment = Buffer.from([0xff, 0xed, 0, 0])
  segment.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), segment, body, jpeg.subarray(2)])
}

/** A PNG with an XMP packet in the chunk that the XMP specification (part 3) gives it. */
export function pngWithXmp(png: Buffer, xmp: string): Buffer {
  const chunk = pngChunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${xmp}`)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}
