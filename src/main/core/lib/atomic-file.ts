import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'

/** A file that is there whole or not at all: written beside its place, then moved into it. */
export interface AtomicFile {
  write(text: string): Promise<void>
  /** Makes sure that all of it is on the disk, then puts it in place of what was there. */
  commit(): Promise<void>
  /** Leaves what was there as it is. May be called after `commit`, and does nothing then. */
  abandon(): Promise<void>
}

/** Throws `export.notWritable` or `export.diskFull`, naming the file, where the file system refuses. */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`)
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw explain(error, path)
    }
  }
  await guarded(mkdir(folder, { recursive: true }))
  const handle = await guarded(open(temporary, 'wx'))
  let pending = true
  return {
    write: (text) => guarded(handle.writeFile(text)),
    async commit() {
      await guarded(handle.sync())
      await handle.close()
      await guarded(rename(temporary, path))
      pending = false
      await syncFolder(folder)
    },
    async abandon() {
      if (!pending) return
      pending = false
      await handle.close().catch(() => undefined)
      await rm(temporary, { force: true })
    }
  }
}

/** Makes the new name last; Windows, which cannot open folders, does so by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function explain(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('export.diskFull', { file }, error)
  const refused = ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST', 'EBUSY', 'ENAMETOOLONG', 'ENOTEMPTY']
  return code !== undefined && refused.includes(code) ? new AppError('export.notWritable', { file, reason: code }, error) : error
}
