import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { AppError } from '../../../shared/errors.ts'

/** A file that appears only when it is complete: it is written under another name and then renamed. */
export interface AtomicFile {
  write(content: string | Uint8Array): Promise<void>
  /**
   * Syncs the file to the disk, then puts it in place. `replace`: of whatever has the name now; otherwise an
   * existing file makes it throw `export.exists`, and `place` may be called again with another name in the same folder.
   */
  place(path: string, options: { replace: boolean }): Promise<void>
  /** Discards the new file. Does nothing once the file is in place. */
  abandon(): Promise<void>
}

const temporaryName = /^\.(?:fitxa|.+)[-.][0-9a-f]{8}\.partial$/

/** A new name beside `path` for a file that is being written. It is short, since the name of `path` may be as long as a name can be. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.fitxa-${randomBytes(4).toString('hex')}.partial`)
}

/** Whether a file name is one that `temporaryFor` gives, in this version or an earlier one. */
export function isTemporaryName(name: string): boolean {
  return temporaryName.test(name)
}

/**
 * Creates a file in the folder of `temporary`, which is created if it does not exist. Throws `export.notWritable` or
 * `export.diskFull`, naming `path`, if the file system refuses.
 */
export async function openAtomicFile(path: string, temporary = temporaryFor(path)): Promise<AtomicFile> {
  const folder = dirname(temporary)
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw explainFileError(error, path)
    }
  }
  await guarded(mkdir(folder, { recursive: true }))
  const handle = await guarded(open(temporary, 'wx'))
  let state: 'open' | 'closed' | 'ended' = 'open'
  return {
    write: (content) => guarded(handle.writeFile(content)),
    async place(target, { replace }) {
      if (state === 'open') {
        await guarded(handle.sync())
        await handle.close()
        state = 'closed'
      }
      await guarded(replace ? rename(temporary, target) : placeNew(temporary, target))
      state = 'ended'
      await syncFolder(folder)
    },
    async abandon() {
      if (state === 'ended') return
      if (state === 'open') await handle.close().catch(() => undefined)
      state = 'ended'
      await rm(temporary, { force: true })
    }
  }
}

/** Writes a text as an atomic file; replaces an existing file. */
export async function writeAtomicFile(path: string, parts: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const file = await openAtomicFile(path)
  try {
    for await (const part of parts) await file.write(part)
    await file.place(path, { replace: true })
  } finally {
    await file.abandon()
  }
}

/** Puts a file in place under a name that nothing has: `file`, else the same name with a number. @returns the name */
export async function placeUnderFreeName(output: AtomicFile, file: string): Promise<string> {
  const { dir, name, ext } = parse(file)
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? file : join(dir, `${name}-${number}${ext}`)
    try {
      await output.place(candidate, { replace: false })
      return candidate
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'export.exists') throw error
    }
  }
}

/** Codes of a file system that has no hard links (FAT, some network shares). */
const withoutLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** Moves a file to a free name. A hard link and the removal of the old name never replace a file, as `rename` would. */
async function placeNew(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
    await rm(temporary)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'EEXIST') throw new AppError('export.exists', { file: target }, error)
    if (!withoutLinks.includes(code)) throw error
    await reserve(target)
    await rename(temporary, target)
  }
}

/** Takes a name with an empty file, exclusively. */
async function reserve(target: string): Promise<void> {
  try {
    await (await open(target, 'wx')).close()
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new AppError('export.exists', { file: target }, error) : error
  }
}

/** Syncs the folder, so that the new name lasts; Windows, which cannot open folders, does so by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const refusals = ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST', 'EBUSY', 'ENAMETOOLONG', 'ENOTEMPTY', 'ELOOP', 'EINVAL']

/** The AppError for a file system error about `file`; other errors are returned unchanged. */
export function explainFileError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('export.diskFull', { file }, error)
  return code !== undefined && refusals.includes(code) ? new AppError('export.notWritable', { file, reason: code }, error) : error
}
