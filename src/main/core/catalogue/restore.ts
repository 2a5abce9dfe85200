import { copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, closeSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { isWhole } from './backup.ts'
import { backupFileName, sweepUnfinishedBackups } from './backup-files.ts'
import { removeNote } from './backup-note.ts'
import { openFile, openWriter } from './connection.ts'
import { explain } from './failure.ts'
import { catalogueEnding, cataloguePaths, type CataloguePaths } from './folder.ts'
import { databaseKind } from './kind.ts'
import { takeLock } from './lock.ts'
import { schemaVersion } from './migrate.ts'
import { migrations } from './migrations/index.ts'

/**
 * Replaces a catalogue's database by a backup, or creates the catalogue's folder again from it. The replaced database
 * is kept among the backups, unchanged. If the program ends on the way, the folder holds either one or the other, complete.
 *
 * @param now - the time, for the name under which the replaced database is kept
 * @returns the path of the replaced database; null if there was none
 * @throws AppError `backup.notFound`, `backup.notABackup`, `backup.damaged`, `catalogue.newer`, `catalogue.inUse`,
 *   `catalogue.diskFull`, `catalogue.readOnly`, `catalogue.notACatalogue`
 */
export function restoreBackup(file: string, folder: string, now = new Date()): string | null {
  const backup = resolve(file)
  const paths = cataloguePaths(folder)
  expectBackup(backup)
  try {
    expectPlace(folder, paths)
    mkdirSync(folder, { recursive: true })
    const release = takeLock(paths.lock, folder)
    try {
      sweepUnfinishedBackups(folder)
      prepare(backup, paths.restoring)
      const replaced = existsSync(paths.database) ? keepPresent(paths, now) : null
      renameSync(paths.restoring, paths.database)
      return replaced
    } catch (error) {
      sweepUnfinishedBackups(folder)
      throw error
    } finally {
      release()
    }
  } catch (error) {
    throw explain(error, folder)
  }
}

function expectBackup(file: string): void {
  if (!existsSync(file)) throw new AppError('backup.notFound', { file })
  try {
    if (databaseKind(file) !== 'catalogue') throw new AppError('backup.notABackup', { file })
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('backup.damaged', { file }, error)
  }
  if (!isWhole(file)) throw new AppError('backup.damaged', { file })
}

/** A folder that exists must be a catalogue's, or empty. */
function expectPlace(folder: string, { database, backups }: CataloguePaths): void {
  if (!existsSync(folder) || existsSync(database) || existsSync(backups) || folder.endsWith(catalogueEnding)) return
  if (readdirSync(folder).length > 0) throw new AppError('catalogue.notACatalogue', { folder })
}

/** Copies the backup beside its destination, as the database of a catalogue, and syncs it to disk. */
function prepare(backup: string, restoring: string): void {
  copyFileSync(backup, restoring)
  const connection = openFile(restoring, { readonly: false, mustExist: true })
  try {
    const version = schemaVersion(connection)
    if (version > migrations.length) throw new AppError('catalogue.newer', { folder: backup, version })
    removeNote(connection)
  } finally {
    connection.close()
  }
  const handle = openSync(restoring, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/**
 * Gives the current database a second name among the backups. Its write-ahead log must not stay: SQLite would replay it into
 * the replacement. The log of a healthy database is merged into it; that of a damaged one is kept beside it.
 */
function keepPresent(paths: CataloguePaths, now: Date): string {
  const log = `${paths.database}-wal`
  try {
    openWriter(paths.database, { mustExist: true }).close()
  } catch {
    // Damaged: both files are kept as they are.
  }
  mkdirSync(paths.backups, { recursive: true })
  const kept = join(paths.backups, backupFileName(now, 'replaced'))
  try {
    linkSync(paths.database, kept)
  } catch {
    // File systems without hard links: a copy works too, but takes longer.
    copyFileSync(paths.database, kept)
  }
  if (existsSync(log)) renameSync(log, `${kept}-wal`)
  rmSync(`${paths.database}-shm`, { force: true })
  return kept
}
