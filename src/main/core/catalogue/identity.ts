import { statSync } from 'node:fs'
import { AppError } from '../../../shared/errors.ts'

/**
 * Watches that the path of an open database still leads to the file that was opened. SQLite does not notice when the file is
 * deleted, moved or replaced: it goes on writing to a file that has no name any more, and every write is lost with the process.
 *
 * @param folder - the catalogue's folder, for sentences
 * @returns a check that costs one `stat` (some microseconds on a local disk)
 */
export function watchIdentity(database: string, folder: string): () => void {
  // 64-bit file ids of NTFS and ReFS do not fit into a double.
  const opened = statSync(database, { bigint: true })
  let lost: AppError | null = null
  return () => {
    if (lost !== null) throw lost
    const now = statSync(database, { bigint: true, throwIfNoEntry: false })
    if (now?.dev === opened.dev && now.ino === opened.ino) return
    // What was lost stays lost: a file that comes back has missed what was written meanwhile.
    lost = new AppError(now === undefined ? 'catalogue.gone' : 'catalogue.replaced', { folder })
    throw lost
  }
}

/** Codes of the errors that say that the open file is not in its place any more. */
export const lostCodes: readonly string[] = ['catalogue.gone', 'catalogue.replaced']
