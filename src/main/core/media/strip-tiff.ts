/** What the tags of a TIFF say about its pixels (TIFF 6.0, section 8). */
export interface TiffShape {
  readonly width: number
  readonly height: number
  readonly samples: 3 | 4
  readonly bits: 8 | 16
  /** 2 for RGB, 8 for CIELab. A fourth sample is transparency. */
  readonly photometric: 2 | 8
  /** ICC profile of the colours, null without one. */
  readonly profile: Uint8Array | null
}

/**
 * Makes an uncompressed TIFF of one strip, which libvips reads row by row: the cheapest way to pass pixels with their colour space.
 * The pixels from `at` on are zeros, to be written by the caller, in little-endian order.
 */
export function stripTiff({ width, height, samples, bits, photometric, profile }: TiffShape): { tiff: Buffer; at: number } {
  const strip = width * height * samples * (bits / 8)
  const optional = (samples === 4 ? 1 : 0) + (profile === null ? 0 : 1)
  const bitsAt = 8 + 2 + (9 + optional) * 12 + 4
  const profileAt = bitsAt + 8
  const at = profileAt + (profile === null ? 0 : profile.length + (profile.length % 2))
  const tags = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, samples, bitsAt],
    [259, 3, 1, 1],
    [262, 3, 1, photometric],
    [273, 4, 1, at],
    [277, 3, 1, samples],
    [278, 4, 1, height],
    [279, 4, 1, strip],
    ...(samples === 4 ? [[338, 3, 1, 2]] : []),
    ...(profile === null ? [] : [[34675, 7, profile.length, profileAt]])
  ]
  const tiff = Buffer.alloc(at + strip)
  tiff.write('II', 'latin1')
  tiff.writeUInt16LE(42, 2)
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(tags.length, 8)
  tags.forEach(([tag = 0, type = 0, count = 0, value = 0], index) => {
    const entry = 10 + index * 12
    tiff.writeUInt16LE(tag, entry)
    tiff.writeUInt16LE(type, entry + 2)
    tiff.writeUInt32LE(count, entry + 4)
    tiff.writeUInt32LE(value, entry + 8)
  })
  for (let sample = 0; sample < samples; sample++) tiff.writeUInt16LE(bits, bitsAt + sample * 2)
  if (profile !== null) tiff.set(profile, profileAt)
  return { tiff, at }
}
