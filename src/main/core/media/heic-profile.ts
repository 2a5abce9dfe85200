/** Profiles of photographs have kilobytes; the largest printer profiles a few megabytes. */
const maxBytes = 4_000_000

/** How far into a file its properties may lie, in bytes. */
const searched = 1_000_000

/**
 * The ICC profile of a HEIC picture: the first box `colr` of the type `prof` or `rICC` (ISO/IEC 14496-12, 12.1.5). Null if colours
 * are given by numbers, which the decoder has turned to sRGB's primaries already or which are sRGB.
 */
export function heicProfile(file: Buffer): Buffer | null {
  const head = file.subarray(0, searched)
  for (const type of ['colrprof', 'colrrICC']) {
    const at = head.indexOf(type, 0, 'latin1')
    if (at < 4) continue
    const size = file.readUInt32BE(at - 4)
    const profile = file.subarray(at + 8, at - 4 + size)
    if (size > 12 && size < maxBytes && profile.length === size - 12) return profile
  }
  return null
}
