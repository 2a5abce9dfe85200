import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import type { TrainingWork } from '../host.ts'

/** A file to send: its name in the run's folder on the machine (with `/`), and what it holds. */
export interface GivenFile {
  readonly path: string
  readonly source: string
  readonly sha256: string
  readonly bytes: number
}

/** Names that a run's files have on the machine. */
export const given = { data: 'data', base: 'base', source: 'code/trainer/src' } as const

/**
 * Everything that a training needs on the machine: the data, the bundle that it goes out from, the trainer's code, and the labels of
 * the terms, which the trainer looks for where they lie in a checkout. In the order of their names, which makes equal lists equal.
 */
export async function filesOf({ data, base, trainerSource }: TrainingWork, signal: AbortSignal): Promise<GivenFile[]> {
  const labels = join(dirname(dirname(trainerSource)), 'resources', 'vocabulary', 'trees.json')
  const hasLabels = (await stat(labels).catch(() => null)) !== null
  const found = [
    ...(await filesIn(data, given.data)),
    ...(await filesIn(base, given.base)),
    ...(await filesIn(join(trainerSource, 'fitxa_trainer'), `${given.source}/fitxa_trainer`)),
    ...(hasLabels ? [{ path: 'code/resources/vocabulary/trees.json', source: labels }] : [])
  ]
  const result: GivenFile[] = []
  for (const file of found.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (signal.aborted) throw new Cancelled()
    result.push({ ...file, ...(await hashOf(file.source)) })
  }
  return result
}

async function filesIn(folder: string, path: string): Promise<{ path: string; source: string }[]> {
  const result: { path: string; source: string }[] = []
  for (const name of await readdir(folder)) {
    if (name === '__pycache__' || name === '.DS_Store') continue
    const source = join(folder, name)
    const here = `${path}/${name}`
    if ((await stat(source)).isDirectory()) result.push(...(await filesIn(source, here)))
    else result.push({ path: here, source })
  }
  return result
}

async function hashOf(file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { sha256: hash.digest('hex'), bytes }
}

/**
 * The contents of files one after the other, each from its offset on. AppError `remote.changed` when a file has another length than
 * when it was hashed; the far end finds any other change.
 */
export async function* contentsOf(files: readonly { file: GivenFile; offset: number }[]): AsyncGenerator<Buffer> {
  for (const { file, offset } of files) {
    let left = file.bytes - offset
    if (left === 0) continue
    for await (const chunk of createReadStream(file.source, { start: offset, highWaterMark: 1 << 18 })) {
      left -= (chunk as Buffer).length
      if (left < 0) break
      yield chunk as Buffer
    }
    if (left !== 0) throw new AppError('remote.changed', { file: file.source })
  }
}
