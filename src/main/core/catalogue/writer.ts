import { existsSync, statSync } from 'node:fs'
import { AppError } from '../../../shared/errors.ts'
import { backUp } from './backup.ts'
import { applicationId, openWriter } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import { takeLock } from './lock.ts'
import { migrate, schemaVersion } from './migrate.ts'
import type { Migration } from './migrations/migration.ts'
import type { Connection } from './operation.ts'

/** Size of the write-ahead log from which the writer makes readers let go of it, bytes. */
const largeLog = 32 * 1024 * 1024

/** The open writing side of a catalogue. */
export interface Writer {
  readonly connection: Connection
  /** Writes the log back into the file once it has grown large; steady readers keep SQLite from doing so by itself. */
  tidy(): void
  close(): void
}

/**
 * Opens a catalogue for writing: takes its lock, checks a file that was not closed in order, backs up and migrates an
 * older one. `migrations` are other ones than the program's own in tests only.
 */
export function openCatalogueWriter(folder: string, migrations?: readonly Migration[]): Writer {
  const paths = cataloguePaths(folder)
  const release = takeLock(paths.lock, folder)
  try {
    // SQLite removes the log when the last connection closes; where it is still there, the last one ended without closing.
    const closedCleanly = !existsSync(`${paths.database}-wal`)
    const connection = openWriter(paths.database)
    try {
      check(connection, folder, closedCleanly)
      migrate(connection, { folder, migrations, beforeFirst: () => backUp(connection, paths.backups) })
    } catch (error) {
      connection.close()
      throw error
    }
    return {
      connection,
      tidy() {
        if ((statSync(`${paths.database}-wal`, { throwIfNoEntry: false })?.size ?? 0) > largeLog)
          connection.pragma('wal_checkpoint(TRUNCATE)')
      },
      close() {
        connection.close()
        release()
      }
    }
  } catch (error) {
    release()
    throw error
  }
}

function check(connection: Connection, folder: string, closedCleanly: boolean): void {
  const kind = connection.pragma('application_id', { simple: true })
  if (schemaVersion(connection) > 0 && kind !== applicationId) throw new AppError('catalogue.notACatalogue', { folder })
  if (closedCleanly) return
  const found = connection.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw new AppError('catalogue.damaged', { folder })
}
