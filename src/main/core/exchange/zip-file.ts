import { crc32, deflateRawSync } from 'node:zlib'

/** A ZIP file that is being written. */
export interface ZipFile {
  /** Adds a text file. `path` has `/` between folders and is taken once only. */
  add(path: string, text: string): Promise<void>
  /** Writes the directory. Nothing can be added after it. */
  end(): Promise<void>
}

/** Signatures of the records (PKWARE APPNOTE 6.3.10, 4.3.7, 4.3.12, 4.3.14 to 4.3.16). */
const signatures = { local: 0x04034b50, entry: 0x02014b50, end64: 0x06064b50, locator64: 0x07064b50, end: 0x06054b50 } as const
const deflated = 8
/** A small window: the files are of a few kilobytes, and setting up the usual one takes as long as packing them. */
const smallText = { windowBits: 12, memLevel: 4 } as const
/** General purpose bit 11: names are UTF-8. */
const utf8Names = 0x0800
/** 1 January 1980, the first day that a ZIP file can name: the same records give the same bytes. */
const firstDay = 0x21
/** Versions that a reader needs: 2.0 for deflate and folders, 4.5 for ZIP64. */
const needed = 20
const needed64 = 45
/** Values that say "see the ZIP64 record". */
const full16 = 0xffff
const full32 = 0xffffffff

/**
 * Writes a ZIP file from front to back, an entry at a time. More than 65,535 entries, or more than 4 GB, give the ZIP64
 * records that readers need for them. Memory holds the directory only, about 100 bytes an entry.
 */
export function createZipFile(write: (content: Uint8Array) => Promise<void>): ZipFile {
  const directory: Buffer[] = []
  let offset = 0
  const put = async (...parts: readonly Buffer[]): Promise<void> => {
    const content = Buffer.concat(parts)
    await write(content)
    offset += content.length
  }
  return {
    async add(path, text) {
      const name = Buffer.from(path)
      const content = Buffer.from(text)
      const packed = deflateRawSync(content, smallText)
      const common = commonFields(crc32(content), packed.length, content.length, name.length)
      directory.push(entryRecord(common, name, offset))
      await put(numbers([signatures.local, 4]), common, numbers([0, 2]), name, packed)
    },
    async end() {
      const start = offset
      for (const entry of directory) await put(entry)
      await put(endRecords(directory.length, start, offset))
    }
  }
}

/** What the local header and the entry of the directory have in common. */
function commonFields(checksum: number, packedBytes: number, bytes: number, nameBytes: number): Buffer {
  return numbers(
    [needed, 2],
    [utf8Names, 2],
    [deflated, 2],
    [0, 2],
    [firstDay, 2],
    [checksum, 4],
    [packedBytes, 4],
    [bytes, 4],
    [nameBytes, 2]
  )
}

/** An entry of the directory; an offset beyond 4 GB goes into an extra field (4.5.3). */
function entryRecord(common: Buffer, name: Buffer, offset: number): Buffer {
  const extra = offset < full32 ? Buffer.alloc(0) : numbers([1, 2], [8, 2], [offset, 8])
  return Buffer.concat([
    numbers([signatures.entry, 4], [needed64, 2]),
    common,
    numbers([extra.length, 2], [0, 2], [0, 2], [0, 2], [0, 4], [Math.min(offset, full32), 4]),
    name,
    extra
  ])
}

function endRecords(entries: number, start: number, end: number): Buffer {
  const bytes = end - start
  const isLarge = entries >= full16 || bytes >= full32 || start >= full32
  const end64 = numbers(
    [signatures.end64, 4],
    [44, 8],
    [needed64, 2],
    [needed64, 2],
    [0, 4],
    [0, 4],
    [entries, 8],
    [entries, 8],
    [bytes, 8],
    [start, 8]
  )
  const locator64 = numbers([signatures.locator64, 4], [0, 4], [end, 8], [1, 4])
  const count = Math.min(entries, full16)
  return Buffer.concat([
    ...(isLarge ? [end64, locator64] : []),
    numbers([signatures.end, 4], [0, 2], [0, 2], [count, 2], [count, 2], [Math.min(bytes, full32), 4], [Math.min(start, full32), 4], [0, 2])
  ])
}

/** Unsigned little-endian numbers, each with its width in bytes. */
function numbers(...values: readonly (readonly [value: number, bytes: 2 | 4 | 8])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [, bytes]) => sum + bytes, 0))
  let at = 0
  for (const [value, bytes] of values) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at)
    else buffer.writeUIntLE(value, at, bytes)
    at += bytes
  }
  return buffer
}
