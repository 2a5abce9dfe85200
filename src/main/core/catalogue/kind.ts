import { AppError } from '../../../shared/errors.ts'
import { newestGoodBackup } from './backup.ts'
import { applicationId, openFile } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import type { Connection } from './operation.ts'

/** What a database file is: a catalogue, a database without a single table, or somebody else's. */
export type DatabaseKind = 'catalogue' | 'empty' | 'foreign'

/** Says what a database file is, without changing it. */
export function databaseKind(file: string): DatabaseKind {
  const connection = openFile(file, { readonly: true })
  try {
    return kindOf(connection)
  } finally {
    connection.close()
  }
}

function kindOf(connection: Connection): DatabaseKind {
  const id = connection.pragma('application_id', { simple: true })
  const version = connection.pragma('user_version', { simple: true })
  if (id === applicationId && version !== 0) return 'catalogue'
  return id === 0 && connection.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined ? 'empty' : 'foreign'
}

/**
 * Refuses a folder whose database is not a catalogue, before anything is written to it.
 * @throws AppError `catalogue.emptied`, `catalogue.emptiedWithBackup`, `catalogue.notACatalogue`
 */
export function expectCatalogue(folder: string): void {
  const kind = databaseKind(cataloguePaths(folder).database)
  if (kind === 'foreign') throw new AppError('catalogue.notACatalogue', { folder })
  if (kind === 'catalogue') return
  const backup = newestGoodBackup(folder)
  throw backup === null ? new AppError('catalogue.emptied', { folder }) : new AppError('catalogue.emptiedWithBackup', { folder, backup })
}
