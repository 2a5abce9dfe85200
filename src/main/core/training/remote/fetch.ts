import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../../shared/errors.ts'
import { isFile } from '../../lib/exists.ts'
import { hashFile } from '../../lib/hash-file.ts'
import { manifestFile, readBundle, verifyFiles } from '../../inference/bundle.ts'
import type { TrainingWork } from '../host.ts'
import type { Connection } from './connection.ts'

type RemoteFile = readonly [name: string, sha256: string, bytes: number]

/** Folders of a run on the machine in which the trainer leaves what it made. */
export const made = { run: 'run', bundle: 'bundle' } as const

/** Parts of the trainer's run folder that are not fetched: weights, checkpoints, prepared pixels and scores. */
const leftThere = { except: ['.pt', '.pth', '.npy', '.npz', '.safetensors', '.part'], largest: 100_000_000 }
const everything = { except: [], largest: Number.MAX_SAFE_INTEGER }

/**
 * Fetches the trainer's run folder (without checkpoints) and then the bundle, whose folder appears only once every file of it has been
 * checked by its hash. After a lost connection, it resumes within the file.
 * AppError `remote.noResult`, `remote.damaged`, or those of the bundle's check.
 */
export async function fetchResult(
  connection: Connection,
  run: string,
  work: TrainingWork,
  onProgress: (done: number, total: number) => void
): Promise<void> {
  if (await isFile(join(work.bundle, manifestFile))) return
  const results = await listFiles(connection, run, made.run, leftThere)
  const bundle = await listFiles(connection, run, made.bundle, everything)
  if (!results.some(([name]) => name === 'result.json')) throw new AppError('remote.noResult', { file: 'result.json' })
  if (!bundle.some(([name]) => name === manifestFile)) throw new AppError('remote.noResult', { file: manifestFile })
  const part = `${work.bundle}.part`
  const wanted = [
    ...results.map((file) => ({ file, from: made.run, to: work.run })),
    ...bundle.map((file) => ({ file, from: made.bundle, to: part }))
  ]
  const total = wanted.reduce((sum, { file: [, , bytes] }) => sum + bytes, 0)
  let done = 0
  for (const { file, from, to } of wanted) {
    await fetchFile(connection, run, from, file, to, (bytes) => onProgress(done + bytes, total))
    done += file[2]
    onProgress(done, total)
  }
  await verifyFiles(await readBundle(part))
  await mkdir(dirname(work.bundle), { recursive: true })
  await rename(part, work.bundle)
}

async function listFiles(connection: Connection, run: string, folder: string, which: object): Promise<readonly RemoteFile[]> {
  return (await connection.request<{ files: readonly RemoteFile[] }>('files', { run, folder, ...which })).files
}

async function fetchFile(
  connection: Connection,
  run: string,
  from: string,
  [name, sha256, bytes]: RemoteFile,
  to: string,
  onProgress: (bytes: number) => void
): Promise<void> {
  const target = join(to, ...safeParts(name))
  if ((await isFile(target)) && (await hashFile(target)) === sha256) return
  await mkdir(dirname(target), { recursive: true })
  const part = `${target}.part`
  const there = await stat(part).then(
    (found) => found.size,
    () => 0
  )
  let offset = there <= bytes ? there : 0
  const handle = await open(part, there <= bytes ? 'a' : 'w')
  try {
    const onBytes = async (data: Buffer): Promise<void> => {
      await handle.appendFile(data)
      offset += data.length
      onProgress(offset)
    }
    if (offset < bytes) await connection.request('send', { run, file: `${from}/${name}`, offset }, { onBytes })
    await handle.sync()
  } finally {
    await handle.close()
  }
  if ((await hashFile(part)) !== sha256) {
    await rm(part)
    throw new AppError('remote.damaged', { file: name })
  }
  await rename(part, target)
}

/** SECURITY: what another machine calls a file must stay within our folder, on Windows too. */
export function safeParts(name: string): string[] {
  const parts = name.split('/')
  if (parts.some((part) => /^\.{0,2}$/.test(part) || /[\\:\0]/.test(part))) throw new AppError('remote.name', { file: name })
  return parts
}
