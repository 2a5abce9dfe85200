import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import type { PictureFormat } from './format.ts'
import type { PictureSource } from './picture.ts'
import { withFile } from './source.ts'
import { copyTiffTags } from './tiff-tags.ts'

/** What a file says about its picture, without the picture: a small file that holds nothing else. */
export interface MetadataPart {
  /** Null if there is nothing to read. */
  readonly bytes: Buffer | null
  /** False where a block was left out because it is too large. */
  readonly complete: boolean
}

/** All metadata together may have this size, in bytes; descriptions of people have kilobytes. */
const maxBytes = 4_000_000

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const nothing: MetadataPart = { bytes: null, complete: true }

/**
 * Copies the blocks with EXIF, IPTC and XMP out of a picture, so that what reads them never sees more than `maxBytes`, whatever
 * a header claims. `source` is the file, `path` where it lies.
 */
export async function metadataPart(source: PictureSource, path: string, format: PictureFormat): Promise<MetadataPart> {
  if (format === 'tiff') return withFile(path, copyTiffTags)
  if (typeof source !== 'string') {
    if (format === 'jpeg') return jpegPart(source)
    if (format === 'png') return pngPart(source)
    if (format === 'webp') return webpPart(source)
  }
  return await decoderPart(source)
}

/** The segments APP1 (EXIF, XMP) and APP13 (IPTC) of a JPEG (ITU-T T.81, B.1.1.3). */
function jpegPart(file: Buffer): MetadataPart {
  const parts = [file.subarray(0, 2)]
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff;) {
    const marker = file[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xda || marker === 0xd9) break
    const end = at + 2 + file.readUInt16BE(at + 2)
    if (marker === 0xe1 || marker === 0xed) parts.push(file.subarray(at, end))
    at = end
  }
  return joined(parts, Buffer.from([0xff, 0xd9]), 1)
}

/** The chunks with texts, EXIF and XMP of a PNG; compressed ones are left, for their size is not known. */
function pngPart(file: Buffer): MetadataPart {
  const parts = [file.subarray(0, 33)]
  for (let at = 33; at + 12 <= file.length;) {
    const end = at + 12 + file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    if (type === 'eXIf' || type === 'iTXt' || type === 'tEXt') parts.push(file.subarray(at, end))
    at = end
  }
  return joined(parts, pngChunk('IEND', Buffer.alloc(0)), 1)
}

/** The chunks EXIF and XMP of a WebP, in a file of their own. */
function webpPart(file: Buffer): MetadataPart {
  const parts: Buffer[] = [Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')]
  for (let at = 12; at + 8 <= file.length;) {
    const end = at + 8 + file.readUInt32LE(at + 4)
    const type = file.toString('latin1', at, at + 4)
    if (type === 'VP8X' || type === 'EXIF' || type === 'XMP ') parts.push(file.subarray(at, end + (end % 2)))
    at = end + (end % 2)
  }
  const part = joined(parts, Buffer.alloc(0), 2)
  part.bytes?.writeUInt32LE(part.bytes.length - 8, 4)
  return part
}

/** What the decoder finds in the other formats and in files too large to hold, as a PNG without a picture. */
async function decoderPart(source: PictureSource): Promise<MetadataPart> {
  const { exif, xmp } = await sharp(source, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch(() => ({ exif: undefined, xmp: undefined }))
  const parts: Buffer[] = [signature, pngChunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))]
  if (exif !== undefined) parts.push(pngChunk('eXIf', exif.subarray(exif.toString('latin1', 0, 4) === 'Exif' ? 6 : 0)))
  if (xmp !== undefined) parts.push(pngChunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), xmp])))
  return joined(parts, pngChunk('IEND', Buffer.alloc(0)), 2)
}

/** The first parts (`fixed` = those that hold no metadata) and as many of the others as are small enough together. */
function joined(parts: readonly Buffer[], end: Buffer, fixed: number): MetadataPart {
  if (parts.length <= fixed) return nothing
  let bytes = 0
  const kept = parts.filter(({ length }) => {
    const fits = bytes + length <= maxBytes
    if (fits) bytes += length
    return fits
  })
  return { bytes: kept.length <= fixed ? null : Buffer.concat([...kept, end]), complete: kept.length === parts.length }
}

function pngChunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
