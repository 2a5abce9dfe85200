/** What the frame header of a JPEG says (ITU-T T.81, B.2.2). */
export interface JpegFrame {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bits: number
  readonly progressive: boolean
  /** Samples of all components for each pixel: 3 without subsampling, 1.5 with 4:2:0. */
  readonly samplesPerPixel: number
}

/**
 * Reads the frame header of a JPEG in memory; for small files the decoder's own way to it costs a twentieth of an import's
 * time. Null for what is not plainly an upright baseline or progressive picture (with EXIF it may have an orientation): then
 * the decoder is asked.
 */
export function readJpegFrame(file: Buffer): JpegFrame | null {
  let at = 2
  while (at + 4 <= file.length) {
    if (file[at] !== 0xff) return null
    const marker = file[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    // A scan before any frame, or a marker that stands alone: nothing this reader knows.
    if (marker === 0xda || marker === 0xd9 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) return null
    if (marker === 0xe1 && file.toString('latin1', at + 4, at + 8) === 'Exif') return null
    const length = file.readUInt16BE(at + 2)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return frameAt(file.subarray(at + 4, at + 2 + length), marker)
    at += 2 + length
  }
  return null
}

function frameAt(body: Buffer, marker: number): JpegFrame | null {
  if (marker > 0xc2 || body.length < 6) return null
  const components = body[5] ?? 0
  if (components === 0 || body.length < 6 + components * 3) return null
  const factors = Array.from({ length: components }, (_, index) => body[7 + index * 3] ?? 0).map((byte) => ({
    across: byte >> 4,
    down: byte & 15
  }))
  const across = Math.max(...factors.map((factor) => factor.across))
  const down = Math.max(...factors.map((factor) => factor.down))
  const [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)]
  if (width === 0 || height === 0 || across === 0 || down === 0) return null
  const samples = factors.reduce((sum, factor) => sum + factor.across * factor.down, 0)
  return { width, height, components, bits: body[0] ?? 0, progressive: marker === 0xc2, samplesPerPixel: samples / (across * down) }
}
