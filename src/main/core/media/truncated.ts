import type { PictureFormat } from './format.ts'

/** What the decoders of libvips say when a file ends too early. */
const endsEarly =
  /premature|truncat|unexpected end|end of (file|input|image|stream)|not enough (image )?data|read error|short read|out of (data|bounds)|bad seek/i

/**
 * Whether a file that could not be decoded is truncated, not damaged: a truncated file can be copied again. Decided by the end
 * marker of its format, else by the decoder's message. `tail` holds the last bytes.
 */
export function isTruncated(format: PictureFormat, head: Buffer, tail: Buffer, bytes: number, message: string): boolean {
  switch (format) {
    case 'jpeg':
      return !tail.includes(Buffer.from([0xff, 0xd9]))
    case 'png':
      return !tail.includes('IEND')
    case 'gif':
      return tail.at(-1) !== 0x3b
    case 'webp':
      return head.readUInt32LE(4) + 8 > bytes
    case 'tiff':
      return firstDirectory(head) > bytes || endsEarly.test(message)
    case 'avif':
    case 'heic':
      return endsEarly.test(message)
  }
}

/** Offset of the first image file directory of a classic TIFF, 0 for a BigTIFF. */
function firstDirectory(head: Buffer): number {
  const little = head.toString('latin1', 0, 2) === 'II'
  const version = little ? head.readUInt16LE(2) : head.readUInt16BE(2)
  if (version !== 42) return 0
  return little ? head.readUInt32LE(4) : head.readUInt32BE(4)
}
