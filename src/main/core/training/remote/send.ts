import { createHash } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import type { Connection } from './connection.ts'
import { contentsOf, type GivenFile } from './files.ts'

interface Missing {
  readonly known: boolean
  /** Indices into the list, and how many bytes of each are there already. */
  readonly missing: readonly (readonly [number, number])[]
  /** Bytes free on the machine's disk. */
  readonly free: number
}

/** What a training needs on the disk besides what it is given: prepared pixels per picture, checkpoints, bundle; bytes. */
const pixelsPerPicture = 288 * 288 * 3
const checkpoints = 1_500_000_000

/** Bytes that a training of these files will need on the machine besides the files themselves. */
export function roomToWork(files: readonly GivenFile[]): number {
  return files.filter(({ path }) => path.startsWith('data/pictures/')).length * pixelsPerPicture + checkpoints
}

/**
 * Sends the files that the machine does not have, each content once, resuming half-sent files, and places all files by name in the
 * folder of `run`. Call again after a lost connection to resume. The list of the files goes once too: of data that is there already
 * no more than the list's hash is sent. AppError `remote.disk`, `remote.changed`, `remote.damaged`, `remote.write`.
 */
export async function sendFiles(
  connection: Connection,
  run: string,
  files: readonly GivenFile[],
  onProgress: (done: number, total: number) => void
): Promise<void> {
  const content = Buffer.from(JSON.stringify(files.map(({ path, sha256, bytes }) => [path, sha256, bytes])))
  const list = createHash('sha256').update(content).digest('hex')
  let state = await connection.request<Missing>('missing', { list })
  if (!state.known) {
    await connection.request('keepList', { list, bytes: content.length }, { body: pieces(content) })
    state = await connection.request<Missing>('missing', { list })
  }
  const wanted = state.missing.flatMap(([index, offset]) => {
    const file = files[index]
    return file === undefined ? [] : [{ index, file, offset }]
  })
  const left = wanted.reduce((sum, { file, offset }) => sum + file.bytes - offset, 0)
  const needed = left + roomToWork(files)
  if (state.free < needed) throw tooLittleRoom(connection.folder, needed, state.free)
  const total = [...new Map(files.map(({ sha256, bytes }) => [sha256, bytes])).values()].reduce((sum, bytes) => sum + bytes, 0)
  onProgress(total - left, total)
  if (wanted.length > 0) {
    await connection.request(
      'receive',
      { list, files: wanted.map(({ index, offset }) => [index, offset]) },
      { body: contentsOf(wanted), onProgress: ({ received = 0 }) => onProgress(total - left + received, total) }
    )
    onProgress(total, total)
  }
  await connection.request('place', { list, run })
}

async function* pieces(content: Buffer): AsyncGenerator<Buffer> {
  const size = 1 << 18
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size)
}

/** The error for a disk that is too small, in megabytes as people read them. */
export function tooLittleRoom(folder: string, needed: number, free: number): AppError {
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6)
  return new AppError('remote.disk', { folder, needed: megabytes(needed), free: megabytes(free) })
}
