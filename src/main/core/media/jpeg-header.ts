/** What the headers of a JPEG say before any pixel (ITU-T T.81, B.2.2 and B.2.3). */
export interface JpegFrame {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bits: number
  /**
   * Whether the picture comes in several scans, as progressive ones do and baseline ones may (each component in a scan of its
   * own): then the decoder holds every coefficient until the last one.
   */
  readonly severalScans: boolean
  /** Samples of all components for each pixel: 3 without subsampling, 1.5 with 4:2:0. */
  readonly samplesPerPixel: number
  /** Whether it has EXIF, which may turn it. */
  readonly exif: boolean
}

/** Frames that the decoder takes: baseline, extended, progressive, and the two with arithmetic coding. */
const decoded: readonly number[] = [0xc0, 0xc1, 0xc2, 0xc9, 0xca]

/** Segments that a header may have; a picture has a few dozen. */
const maxSegments = 10_000

/** The largest segment of interest: a frame header with 255 components. */
const longestHeader = 1024

/**
 * Reads the headers of a JPEG up to its first scan; for small files the decoder's own way to them costs a twentieth of an
 * import's time, and it says nothing of scans. `read` gives bytes from a position on, fewer at the end of the file. Null for what
 * is not plainly a baseline or progressive picture: then the decoder is asked.
 */
export function readJpegFrame(read: (position: number, length: number) => Buffer): JpegFrame | null {
  let frame: Omit<JpegFrame, 'severalScans' | 'exif'> | null = null
  let progressive = false
  let exif = false
  for (let at = 2, segments = 0; segments < maxSegments; segments++) {
    const head = read(at, 10)
    if (head.length < 4 || head[0] !== 0xff) return null
    const marker = head[1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    // Markers that stand alone: nothing that this reader knows.
    if (marker === 0xd9 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) return null
    const length = head.readUInt16BE(2)
    if (marker === 0xda) {
      const components = head[4] ?? 0
      return frame === null ? null : { ...frame, exif, severalScans: progressive || components < frame.components }
    }
    if (marker === 0xe1 && head.toString('latin1', 4, 8) === 'Exif') exif = true
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (!decoded.includes(marker) || frame !== null) return null
      progressive = marker === 0xc2 || marker === 0xca
      frame = frameAt(read(at + 4, Math.min(length - 2, longestHeader)))
      if (frame === null) return null
    }
    at += 2 + length
  }
  return null
}

function frameAt(body: Buffer): Omit<JpegFrame, 'severalScans' | 'exif'> | null {
  if (body.length < 6) return null
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
  return { width, height, components, bits: body[0] ?? 0, samplesPerPixel: samples / (across * down) }
}
