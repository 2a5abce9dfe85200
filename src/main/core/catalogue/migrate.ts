import { AppError } from '../../../shared/errors.ts'
import { applicationId } from './connection.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'
import type { Connection } from './operation.ts'

/** Number of the last migration applied to the database; 0 for an empty one. */
export function schemaVersion(connection: Connection): number {
  return connection.pragma('user_version', { simple: true }) as number
}

/**
 * Brings a database up to `target` (default: the newest schema), each migration in a transaction of its own.
 * `beforeFirst` runs once if there is something to apply to a database that is not empty. Returns the number of migrations applied.
 * Throws `catalogue.newer` if a newer Fitxa has written the file.
 */
export function migrate(
  connection: Connection,
  options: { folder: string; migrations?: readonly Migration[]; target?: number; beforeFirst?: () => void }
): number {
  const migrations = options.migrations ?? allMigrations
  const current = schemaVersion(connection)
  if (current > migrations.length) throw new AppError('catalogue.newer', { folder: options.folder, version: current })
  const wanted = migrations.slice(current, options.target)
  if (wanted.length > 0 && current > 0) options.beforeFirst?.()
  for (const migration of wanted) apply(connection, migration)
  return wanted.length
}

function apply(connection: Connection, migration: Migration): void {
  const keysWere = connection.pragma('foreign_keys', { simple: true }) as number
  // This pragma has no effect inside a transaction.
  if (migration.rebuildsTables) connection.pragma('foreign_keys = OFF')
  try {
    connection.transaction(() => {
      if (typeof migration.up === 'string') connection.exec(migration.up)
      else migration.up(connection)
      if (migration.rebuildsTables && (connection.pragma('foreign_key_check') as unknown[]).length > 0)
        throw new Error(`migration ${migration.number} breaks references`)
      connection.pragma(`user_version = ${migration.number}`)
      connection.pragma(`application_id = ${applicationId}`)
    })()
  } finally {
    connection.pragma(`foreign_keys = ${keysWere}`)
  }
}
