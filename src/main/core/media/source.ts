import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { headBytes } from './format.ts'
import { maxBufferedBytes } from './limits.ts'

/** A file that was read once from end to end. */
export interface ReadFile {
  readonly sha256: string
  readonly bytes: number
  /** When it was last changed, milliseconds since 1970. */
  readonly modified: number
  readonly head: Buffer
  readonly tail: Buffer
  /** The whole file, or null if it is too large to hold. */
  readonly content: Buffer | null
}

/** Thrown for a pipe, a device or a folder instead of a file. */
export class NotRegular extends Error {
  readonly code = 'NOT_REGULAR'

  constructor() {
    super('not a regular file')
    this.name = 'NotRegular'
  }
}

const tailBytes = 1024
const chunkBytes = 1 << 20

/**
 * Opens a file, lets `use` work with its descriptor and closes it. All of it is synchronous: a media process has nothing else to
 * do, and the thread pool costs more per call than reading a small file. Opening never blocks, and only regular files are read,
 * since a pipe or a device may have no end.
 * @throws NotRegular for anything but a regular file
 */
export function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (!fstatSync(file).isFile()) throw new NotRegular()
    return use(file)
  } finally {
    closeSync(file)
  }
}

/** Size of an open file in bytes. */
export function sizeOf(file: number): number {
  return fstatSync(file).size
}

/** Reads an open file once: hash, both ends and, up to `maxBufferedBytes`, all of it. */
export function readOnce(file: number): ReadFile {
  const { size, mtimeMs } = fstatSync(file)
  const modified = Math.trunc(mtimeMs)
  if (size <= maxBufferedBytes) {
    const content = readAt(file, 0, size)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return { sha256, bytes: content.length, modified, head: padded(content), tail: content.subarray(-tailBytes), content }
  }
  const head = padded(readAt(file, 0, headBytes))
  const { sha256, bytes } = hash(file)
  const tail = readAt(file, Math.max(0, bytes - tailBytes), tailBytes)
  return { sha256, bytes, modified, head, tail, content: null }
}

/** Up to `length` bytes from a position on, fewer only where the file ends. */
export function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const read = readSync(file, buffer, filled, length - filled, position + filled)
    if (read === 0) break
    filled += read
  }
  return buffer.subarray(0, filled)
}

/** SHA-256 of a file, in hexadecimal. */
export function hashFile(path: string): string {
  return withFile(path, (file) => hash(file).sha256)
}

function hash(file: number): { sha256: string; bytes: number } {
  const digest = createHash('sha256')
  const chunk = Buffer.allocUnsafeSlow(chunkBytes)
  for (let bytes = 0; ;) {
    const read = readSync(file, chunk, 0, chunkBytes, bytes)
    if (read === 0) return { sha256: digest.digest('hex'), bytes }
    digest.update(chunk.subarray(0, read))
    bytes += read
  }
}

/** The first bytes of a file, filled up with zeros so that every field of a signature can be read. */
function padded(content: Buffer): Buffer {
  const head = Buffer.alloc(headBytes)
  content.copy(head, 0, 0, headBytes)
  return head
}
