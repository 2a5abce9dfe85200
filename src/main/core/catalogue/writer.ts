import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { backUp } from './backup.ts'
import { sweepUnfinishedBackups } from './backup-files.ts'
import { openWriter } from './connection.ts'
import { damaged } from './failure.ts'
import { cataloguePaths } from './folder.ts'
import { watchFile, watchIdentity } from './identity.ts'
import { expectCatalogue } from './kind.ts'
import { takeLock } from './lock.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migrations/migration.ts'
import type { Connection } from './operation.ts'

/** Size of the write-ahead log, in bytes, at which the writer forces a checkpoint. */
const largeLog = 32 * 1024 * 1024

/** The writing connection of an open catalogue. */
export interface Writer {
  readonly connection: Connection
  /** @throws AppError `catalogue.gone`, `catalogue.replaced`: what is written goes to a file that nobody will find again */
  verify(): void
  /** Checkpoints a large log; constant reads keep SQLite from doing so by itself. */
  tidy(): void
  close(): void
}

/**
 * Opens a catalogue for writing: refuses other files, takes the lock, checks a file that was not closed cleanly, backs up and
 * migrates an older one. Only tests pass other `migrations`.
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
    // SQLite removes the log when the last connection closes; if it is still there, that connection ended without closing.
    const closedCleanly = !existsSync(`${paths.database}-wal`)
    const connection = openWriter(paths.database, { mustExist: !isNew })
    try {
      const verify = watchIdentity(paths.database, folder)
      if (!closedCleanly) expectWhole(connection, folder)
      sweepUnfinishedBackups(folder)
      migrate(connection, { folder, migrations, beforeFirst: () => backUp(connection, paths.backups, 'migration') })
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
 * Closes a connection. If its file was replaced in the catalogue's folder, the database is first copied to the backups, so that no
 * acknowledged write is lost, and its write-ahead log is deleted, because SQLite would replay it into the new file.
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
      backUp(connection, paths.backups, 'lost')
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
