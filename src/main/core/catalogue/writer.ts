import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { backUp, sweepUnfinishedBackups } from './backup.ts'
import { openWriter } from './connection.ts'
import { damaged } from './failure.ts'
import { cataloguePaths } from './folder.ts'
import { watchFile, watchIdentity } from './identity.ts'
import { expectCatalogue } from './kind.ts'
import { takeLock } from './lock.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migrations/migration.ts'
import type { Connection } from './operation.ts'

/** Size of the write-ahead log from which the writer makes readers let go of it, bytes. */
const largeLog = 32 * 1024 * 1024

/** The open writing side of a catalogue. */
export interface Writer {
  readonly connection: Connection
  /** @throws AppError `catalogue.gone`, `catalogue.replaced`: what is written goes to a file that nobody will find again */
  verify(): void
  /** Writes the log back into the file once it has grown large; steady readers keep SQLite from doing so by itself. */
  tidy(): void
  close(): void
}

/**
 * Opens a catalogue for writing: refuses what is no catalogue, takes the lock, checks a file that was not closed in order,
 * backs up and migrates an older one. `migrations` are other ones than the program's own in tests only.
 */
export function openCatalogueWriter(folder: string, migrations?: readonly Migration[]): Writer {
  expectCatalogue(folder)
  return open(folder, migrations, false)
}

/** Makes the database of a new catalogue in `folder` and opens it for writing. */
export function openNewDatabase(folder: string, migrations?: readonly Migration[]): Writer {
  return open(folder, migrations, true)
}

function open(folder: string, migrations: readonly Migration[] | undefined, isNew: boolean): Writer {
  const paths = cataloguePaths(folder)
  const release = takeLock(paths.lock, folder)
  try {
    // SQLite removes the log when the last connection closes; where it is still there, the last one ended without closing.
    const closedCleanly = !existsSync(`${paths.database}-wal`)
    const connection = openWriter(paths.database, { mustExist: !isNew })
    try {
      const verify = watchIdentity(paths.database, folder)
      if (!closedCleanly) expectWhole(connection, folder)
      sweepUnfinishedBackups(folder)
      migrate(connection, { folder, migrations, beforeFirst: () => backUp(connection, paths.backups) })
      const closeOrSave = closing(connection, folder, verify)
      return {
        connection,
        verify,
        tidy() {
          if ((statSync(`${paths.database}-wal`, { throwIfNoEntry: false })?.size ?? 0) > largeLog)
            connection.pragma('wal_checkpoint(TRUNCATE)')
        },
        close() {
          try {
            closeOrSave()
          } finally {
            release()
          }
        }
      }
    } catch (error) {
      connection.close()
      throw error
    }
  } catch (error) {
    release()
    throw error
  }
}

function expectWhole(connection: Connection, folder: string): void {
  const found = connection.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw damaged(folder)
}

/**
 * How to close a connection. One whose file was replaced inside the catalogue's folder is first copied to the backups, so that nothing
 * that was acknowledged is lost; then its write-ahead log goes, which SQLite would replay into the file that has taken the place.
 */
function closing(connection: Connection, folder: string, verify: () => void): () => void {
  const paths = cataloguePaths(folder)
  const log = `${paths.database}-wal`
  const [folderNow, logNow] = [watchFile(folder), watchFile(log)]
  const isLost = (): boolean => {
    try {
      verify()
      return false
    } catch {
      return true
    }
  }
  return () => {
    if (!isLost() || folderNow() !== 'same') return void connection.close()
    let saved = false
    try {
      backUp(connection, paths.backups)
      saved = true
    } finally {
      connection.close()
      if (logNow() === 'same') {
        if (saved) rmSync(log)
        else renameSync(log, `${log}.kept`)
      }
    }
  }
}
