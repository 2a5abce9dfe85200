import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { openFile } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import type { Connection } from './operation.ts'

/** How many backups made before a migration are kept. */
export const keptBackups = 10

const backupName = /^\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}-v\d+\.sqlite$/

/** Ending of a copy that is not whole yet. */
const unfinishedEnding = '.part'

/**
 * Copies the whole database to `file`, checks the copy, and only then gives it its name. The connection may be one whose own
 * file was deleted meanwhile. Throws `catalogue.backup` when the copy is not whole.
 */
export function copyDatabase(connection: Connection, file: string): void {
  const unfinished = file + unfinishedEnding
  rmSync(unfinished, { force: true })
  try {
    connection.prepare('VACUUM INTO ?').run(unfinished)
    const copy = openFile(unfinished, { readonly: true })
    try {
      const found = copy.pragma('integrity_check(1)', { simple: true })
      if (found !== 'ok') throw new AppError('catalogue.backup', { file, problem: String(found) })
    } finally {
      copy.close()
    }
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/** Copies the database into `folder` under the time (UTC) and schema version; the oldest copies beyond ten go. Returns the copy's path. */
export function backUp(connection: Connection, folder: string, now = new Date()): string {
  mkdirSync(folder, { recursive: true })
  const version = connection.pragma('user_version', { simple: true }) as number
  const file = join(folder, `${now.toISOString().slice(0, -1).replaceAll(':', '')}-v${version}.sqlite`)
  copyDatabase(connection, file)
  for (const old of backupsIn(folder).slice(0, -keptBackups)) rmSync(join(folder, old))
  return file
}

/** The path of a catalogue's newest backup, null if it has none. */
export function newestBackup(folder: string): string | null {
  const { backups } = cataloguePaths(folder)
  const name = backupsIn(backups).at(-1)
  return name === undefined ? null : join(backups, name)
}

/** Removes copies that the end of the program left unfinished. Only for whoever holds the catalogue's lock. */
export function sweepUnfinishedBackups(folder: string): void {
  const { backups } = cataloguePaths(folder)
  for (const name of namesIn(backups)) if (name.endsWith(`.sqlite${unfinishedEnding}`)) rmSync(join(backups, name), { force: true })
}

/** Names of the backups in a folder, the oldest first. */
function backupsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => backupName.test(name))
    .sort()
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    // Most catalogues have no backups yet; a folder that cannot be read has none to offer.
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
