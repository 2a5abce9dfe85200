import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Log } from '../log/log.ts'

/**
 * Reads a JSON file of the person. Returns `fallback` if it is missing or cannot be parsed; in the second case the file is kept as
 * `<file>.bad` and the error logged.
 */
export async function readJsonFile<T>(file: string, schema: z.ZodType<T>, fallback: T, log?: Pick<Log, 'warn'>): Promise<T> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log?.warn({ file, err: error }, 'unreadable file: defaults are used')
    return fallback
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    log?.warn({ file, kept: `${file}.bad`, err: error }, 'file not understood: kept aside, defaults are used')
    await rename(file, `${file}.bad`).catch((cause: unknown) => log?.warn({ file, err: cause }, 'could not be kept aside'))
    return fallback
  }
}

/** An unfinished file younger than this, in milliseconds, may still be being written by another process. */
const surelyLeft = 10 * 60_000

/** Removes unfinished files (`<file>.<number>`) of killed processes. Files that cannot be removed stay. */
export async function sweepUnfinished(file: string): Promise<void> {
  const folder = dirname(file)
  const start = `${basename(file)}.`
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(start) || !/^\d+$/.test(name.slice(start.length))) continue
    const path = join(folder, name)
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now())
    if (age > surelyLeft) await rm(path, { force: true }).catch(() => undefined)
  }
}

/** Writes a JSON file atomically. Throws `settings.notSaved`. */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`)
  } catch (error) {
    throw new AppError('settings.notSaved', { file }, error)
  }
}
