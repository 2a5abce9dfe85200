import { createWriteStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

/** A file inside a ZIP file. `offset` is that of its local header. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly compressed: number
  readonly bytes: number
  readonly offset: number
}

/** Signatures and sizes of the records that are read (PKWARE APPNOTE 6.3.10, 4.3.7, 4.3.12 and 4.3.16). */
const endSignature = 0x06054b50
const endBytes = 22
const longestComment = 0xffff
const entrySignature = 0x02014b50
const entryBytes = 46
const localBytes = 30
const stored = 0
const deflated = 8

/** The entries of a ZIP file of less than 4 GB; null if it is not a ZIP file. */
export async function zipEntries(handle: FileHandle): Promise<ZipEntry[] | null> {
  const { size } = await handle.stat()
  const tail = await read(handle, Math.max(0, size - endBytes - longestComment), size)
  let end = tail.length - endBytes
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--
  if (end < 0) return null
  const start = tail.readUInt32LE(end + 16)
  const directory = await read(handle, start, start + tail.readUInt32LE(end + 12))
  const entries: ZipEntry[] = []
  for (let at = 0; at + entryBytes <= directory.length;) {
    if (directory.readUInt32LE(at) !== entrySignature) return null
    const nameBytes = directory.readUInt16LE(at + 28)
    entries.push({
      name: directory.toString('utf8', at + entryBytes, at + entryBytes + nameBytes),
      method: directory.readUInt16LE(at + 10),
      compressed: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42)
    })
    at += entryBytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

/** Writes an entry to a file, chunk by chunk. Throws errors of the file system or of zlib; Error for another compression method. */
export async function extractEntry(handle: FileHandle, entry: ZipEntry, path: string, signal: AbortSignal): Promise<void> {
  if (entry.method !== stored && entry.method !== deflated) throw new Error(`ZIP method ${entry.method}`)
  const local = await read(handle, entry.offset, entry.offset + localBytes)
  const start = entry.offset + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28)
  const source = handle.createReadStream({ start, end: start + entry.compressed - 1, autoClose: false })
  const target = createWriteStream(path, { flags: 'wx' })
  if (entry.method === stored) await pipeline(source, target, { signal })
  else await pipeline(source, createInflateRaw(), target, { signal })
}

async function read(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const chunk = Buffer.alloc(end - start)
  const { bytesRead } = await handle.read(chunk, 0, chunk.length, start)
  return chunk.subarray(0, bytesRead)
}
