import { readAt } from './source.ts'

/** Tags with words about the picture: description, artist, date, copyright, XMP, IPTC (TIFF 6.0; XMP part 3) and XP* of Windows. */
const wanted = new Set([0x010e, 0x0132, 0x013b, 0x02bc, 0x8298, 0x83bb, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f])
const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1 }
const maxEntries = 512
const maxValueBytes = 1_000_000

/** The copy, null if there is nothing to copy; `complete` = no tag was left out because it is too large. */
export interface TiffTags {
  readonly bytes: Buffer | null
  readonly complete: boolean
}

const nothing: TiffTags = { bytes: null, complete: true }

interface Entry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly value: Buffer
}

/**
 * Copies the tags with words out of a classic TIFF of any size into a TIFF of a few kilobytes that holds nothing else, so that
 * a gigabyte of pixels need not be read for a caption; `file` is an open descriptor. Nothing for a BigTIFF or a directory that makes no sense.
 */
export function copyTiffTags(file: number): TiffTags {
  const header = readWhole(file, 0, 8)
  if (header === null) return nothing
  const little = header.toString('latin1', 0, 2) === 'II'
  const short = (bytes: Buffer, at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at))
  const long = (bytes: Buffer, at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  if (short(header, 2) !== 42) return nothing
  const start = long(header, 4)
  const countBytes = readWhole(file, start, 2)
  if (countBytes === null) return nothing
  const count = short(countBytes, 0)
  if (count === 0 || count > maxEntries) return nothing
  const directory = readWhole(file, start + 2, count * 12)
  if (directory === null) return nothing
  let complete = true
  const entries: Entry[] = []
  for (let at = 0; at < directory.length; at += 12) {
    const tag = short(directory, at)
    const type = short(directory, at + 2)
    const length = (sizes[type] ?? 0) * long(directory, at + 4)
    if (!wanted.has(tag) || length === 0) continue
    if (length > maxValueBytes) {
      complete = false
      continue
    }
    const value = length <= 4 ? directory.subarray(at + 8, at + 8 + length) : readWhole(file, long(directory, at + 8), length)
    if (value !== null) entries.push({ tag, type, count: long(directory, at + 4), value })
  }
  return { bytes: entries.length === 0 ? null : writeTiff(entries, little), complete }
}

function readWhole(file: number, position: number, length: number): Buffer | null {
  const bytes = readAt(file, position, length)
  return bytes.length === length ? bytes : null
}

function writeTiff(entries: readonly Entry[], little: boolean): Buffer {
  const directoryEnd = 8 + 2 + entries.length * 12 + 4
  const bytes = Buffer.alloc(directoryEnd + entries.reduce((sum, entry) => sum + even(entry.value.length), 0))
  const short = (value: number, at: number): number => (little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at))
  const long = (value: number, at: number): number => (little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at))
  bytes.write(little ? 'II' : 'MM', 'latin1')
  short(42, 2)
  long(8, 4)
  short(entries.length, 8)
  let valueAt = directoryEnd
  entries.forEach((entry, index) => {
    const at = 10 + index * 12
    short(entry.tag, at)
    short(entry.type, at + 2)
    long(entry.count, at + 4)
    if (entry.value.length <= 4) {
      entry.value.copy(bytes, at + 8)
      return
    }
    long(valueAt, at + 8)
    entry.value.copy(bytes, valueAt)
    valueAt += even(entry.value.length)
  })
  return bytes
}

/** Values of a TIFF begin at even offsets. */
function even(length: number): number {
  return length + (length % 2)
}
