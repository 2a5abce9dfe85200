/** Pixels as four bytes each in rows of `stride` bytes; what the fourth byte says counts only with `alpha`. */
export interface RgbaPixels {
  readonly width: number
  readonly height: number
  readonly stride: number
  readonly data: Uint8Array
  readonly alpha: boolean
  /** ICC profile of the colours, null for sRGB. */
  readonly profile: Uint8Array | null
}

/** Tags that every file has: size, bits, compression, colours, place and shape of the strip (TIFF 6.0, section 6). */
const fixedTags = 9

/** Writes pixels as an uncompressed TIFF of one strip, which libvips reads row by row: the cheapest way to hand pixels and profile over. */
export function rgbTiff({ width, height, stride, data, alpha, profile }: RgbaPixels): Buffer {
  const samples = alpha ? 4 : 3
  const entries = fixedTags + (alpha ? 1 : 0) + (profile === null ? 0 : 1)
  const bitsAt = 8 + 2 + entries * 12 + 4
  const profileAt = bitsAt + 8
  const pixelsAt = profileAt + (profile === null ? 0 : profile.length + (profile.length % 2))
  const bytes = Buffer.alloc(pixelsAt + width * height * samples)
  const tags = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, samples, bitsAt],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, pixelsAt],
    [277, 3, 1, samples],
    [278, 4, 1, height],
    [279, 4, 1, width * height * samples],
    ...(alpha ? [[338, 3, 1, 2]] : []),
    ...(profile === null ? [] : [[34675, 7, profile.length, profileAt]])
  ]
  bytes.write('II', 'latin1')
  bytes.writeUInt16LE(42, 2)
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(tags.length, 8)
  tags.forEach(([tag = 0, type = 0, count = 0, value = 0], index) => {
    const at = 10 + index * 12
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(count, at + 4)
    bytes.writeUInt32LE(value, at + 8)
  })
  for (let sample = 0; sample < samples; sample++) bytes.writeUInt16LE(8, bitsAt + sample * 2)
  if (profile !== null) bytes.set(profile, profileAt)
  for (let y = 0, to = pixelsAt; y < height; y++) {
    const row = y * stride
    if (alpha) {
      bytes.set(data.subarray(row, row + width * 4), to)
      to += width * 4
      continue
    }
    for (let from = row; from < row + width * 4; from += 4) {
      bytes[to++] = data[from] ?? 0
      bytes[to++] = data[from + 1] ?? 0
      bytes[to++] = data[from + 2] ?? 0
    }
  }
  return bytes
}
