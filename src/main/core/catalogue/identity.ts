import { statSync } from 'node:fs'
import { AppError } from '../../../shared/errors.ts'

/** Checks whether a path still leads to the file or folder that is there now. */
export function watchFile(path: string): () => 'same' | 'gone' | 'another' {
  // 64-bit file ids of NTFS and ReFS do not fit into a double.
  const look = (): { dev: bigint; ino: bigint } | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })
  const before = look()
  return () => {
    const now = look()
    if (now === undefined) return 'gone'
    return now.dev === before?.dev && now.ino === before.ino ? 'same' : 'another'
  }
}

/**
 * Watches that the path of an open database still leads to the file that was opened. SQLite does not notice when the file is
 * deleted, moved or replaced: it keeps writing to a file without a name, and every write is lost when the process ends.
 *
 * @param folder - the catalogue's folder, for sentences
 * @returns a check that costs one `stat` (a few microseconds on a local disk)
 */
export function watchIdentity(database: string, folder: string): () => void {
  const found = watchFile(database)
  let lost: AppError | null = null
  return () => {
    const state = lost === null ? found() : 'same'
    // Lost is final: a file that comes back lacks what was written in between.
    if (state !== 'same') lost = new AppError(state === 'gone' ? 'catalogue.gone' : 'catalogue.replaced', { folder })
    if (lost !== null) throw lost
  }
}

/** Error codes for an open file that is no longer at its path. */
export const lostCodes: readonly string[] = ['catalogue.gone', 'catalogue.replaced']
