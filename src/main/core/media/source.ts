import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
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
  /** The whole file, or null where it is too large to hold. */
  readonly content: Buffer | null
}

const tailBytes = 1024
const chunkBytes = 1 << 20

/** Reads an open file once: hash, both ends and, up to `maxBufferedBytes`, all of it. */
export async function readOnce(file: FileHandle): Promise<ReadFile> {
  const { size, mtimeMs } = await file.stat()
  const modified = Math.trunc(mtimeMs)
  if (size <= maxBufferedBytes) {
    const content = await file.readFile()
    const sha256 = createHash('sha256').update(content).digest('hex')
    return { sha256, bytes: content.length, modified, head: padded(content), tail: content.subarray(-tailBytes), content }
  }
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  const head = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, bytes)
    if (bytesRead === 0) break
    hash.update(chunk.subarray(0, bytesRead))
    bytes += bytesRead
  }
  const start = Math.max(0, bytes - tailBytes)
  const tail = await file.read(Buffer.alloc(bytes - start), 0, bytes - start, start)
  return { sha256: hash.digest('hex'), bytes, modified, head: head.buffer, tail: tail.buffer, content: null }
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafe(chunkBytes)
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(chunk.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

/** The first bytes of a file, filled up with zeros so that every field of a signature can be read. */
function padded(content: Buffer): Buffer {
  const head = Buffer.alloc(headBytes)
  content.copy(head, 0, 0, headBytes)
  return head
}
