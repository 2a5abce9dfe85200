/** Formats that Fitxa takes, by the name that the catalogue keeps (column `image.format`). */
export const pictureFormats = ['jpeg', 'png', 'tiff', 'webp', 'avif', 'gif', 'heic'] as const
export type PictureFormat = (typeof pictureFormats)[number]

/** What a file is by its content: a picture that can be taken, something else with a name of its own, or nothing known. */
export type FileKind =
  | { readonly kind: 'picture'; readonly format: PictureFormat }
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'unknown' }

/** Bytes at the start of a file that `recogniseFile` needs to see. */
export const headBytes = 512

/** Signatures at fixed places. The names stand in sentences of every language, so they are names of formats, not words. */
const signatures: readonly { readonly at: number; readonly bytes: string; readonly name: string }[] = [
  { at: 0, bytes: '%PDF-', name: 'PDF' },
  { at: 0, bytes: 'PK\x03\x04', name: 'ZIP' },
  { at: 0, bytes: 'Rar!', name: 'RAR' },
  { at: 0, bytes: '7z\xbc\xaf\x27\x1c', name: '7z' },
  { at: 0, bytes: '8BPS', name: 'Photoshop (PSD)' },
  { at: 0, bytes: '\x00\x00\x00\x0cjP  ', name: 'JPEG 2000' },
  { at: 0, bytes: '\xff\x4f\xff\x51', name: 'JPEG 2000' },
  { at: 0, bytes: '\xff\x0a', name: 'JPEG XL' },
  { at: 0, bytes: '\x00\x00\x00\x0cJXL ', name: 'JPEG XL' },
  { at: 0, bytes: 'FUJIFILMCCD-RAW', name: 'RAW (Fujifilm)' },
  { at: 0, bytes: 'IIRO', name: 'RAW (Olympus)' },
  { at: 0, bytes: 'IIU\x00', name: 'RAW (Panasonic)' },
  { at: 8, bytes: 'CR\x02\x00', name: 'RAW (Canon)' },
  { at: 0, bytes: 'BM', name: 'BMP' },
  { at: 0, bytes: '\xd0\xcf\x11\xe0', name: 'Office' },
  { at: 0, bytes: '\x1f\x8b', name: 'gzip' },
  { at: 0, bytes: 'SQLite format 3', name: 'SQLite' },
  { at: 0, bytes: 'ID3', name: 'MP3' },
  { at: 0, bytes: 'OggS', name: 'Ogg' },
  { at: 0, bytes: '\x7fELF', name: 'ELF' },
  { at: 0, bytes: 'MZ', name: 'EXE' }
]

/** Brands of an ISO base media file (ISO/IEC 23008-12 for HEIF, AV1 Image File Format for AVIF). */
const avifBrands = ['avif', 'avis']
const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1']

/** Files of cameras that are TIFF by their content and hold a small preview first: only the ending tells them from scans. */
const cameraEndings = /\.(nef|nrw|arw|srf|sr2|dng|pef|erf|kdc|dcr|3fr|fff|iiq|mos|cr2|orf|rw2)$/i

/**
 * Recognises a file by its first `headBytes` bytes. The name counts for camera files only: a PNG called `.jpg` is a
 * PNG, a PDF called `.jpg` is a PDF.
 */
export function recogniseFile(head: Buffer, name: string): FileKind {
  const found = recogniseContent(head)
  if (found.kind === 'picture' && found.format === 'tiff' && cameraEndings.test(name)) return { kind: 'other', name: 'RAW' }
  return found
}

function recogniseContent(head: Buffer): FileKind {
  const text = head.toString('latin1')
  const other = signatures.find(({ at, bytes }) => text.startsWith(bytes, at))
  if (other !== undefined) return { kind: 'other', name: other.name }
  if (text.startsWith('\xff\xd8\xff')) return { kind: 'picture', format: 'jpeg' }
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return { kind: 'picture', format: 'png' }
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return { kind: 'picture', format: 'gif' }
  if (/^(II[*+]\x00|MM\x00[*+])/.test(text)) return { kind: 'picture', format: 'tiff' }
  if (text.startsWith('RIFF')) return text.startsWith('WEBP', 8) ? { kind: 'picture', format: 'webp' } : { kind: 'other', name: 'RIFF' }
  if (text.startsWith('ftyp', 4)) return recogniseBaseMedia(head, text)
  return recogniseText(text)
}

/** HEIC, AVIF and films share one container; the brands after `ftyp` tell them apart. */
function recogniseBaseMedia(head: Buffer, text: string): FileKind {
  const end = Math.min(head.readUInt32BE(0), text.length)
  const brands = [text.slice(8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text.slice(at, at + 4))
  if (brands.some((brand) => avifBrands.includes(brand))) return { kind: 'picture', format: 'avif' }
  if (brands.some((brand) => heicBrands.includes(brand))) return { kind: 'picture', format: 'heic' }
  if (brands[0] === 'crx ') return { kind: 'other', name: 'RAW (Canon)' }
  return { kind: 'other', name: 'MP4' }
}

function recogniseText(text: string): FileKind {
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase()
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('<svg'))) return { kind: 'other', name: 'SVG' }
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return { kind: 'other', name: 'HTML' }
  if (start.startsWith('<?xml')) return { kind: 'other', name: 'XML' }
  return { kind: 'unknown' }
}
