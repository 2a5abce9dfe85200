import { createRequire } from 'node:module'
import type DatabaseConstructor from 'better-sqlite3'
import { AppError } from '../../../shared/errors.ts'
import type { Connection } from './operation.ts'

/** "Fitx" in ASCII: marks the database files of this program (PRAGMA application_id). */
export const applicationId = 0x46697478

/** Node-API version that better-sqlite3 13 needs; on an older one its native module crashes the process. */
const neededNodeApi = 10

/** Pages after which SQLite checkpoints the log by itself; the writer does more if readers have prevented that. */
const checkpointPages = 1000

let constructor: typeof DatabaseConstructor | null = null

function database(): typeof DatabaseConstructor {
  if (Number(process.versions.napi) < neededNodeApi)
    throw new AppError('catalogue.oldNode', { version: process.versions.node, needed: '22.14' })
  // `require`, because a static import would load the native part before the check above.
  constructor ??= createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
  return constructor
}

/**
 * Opens any SQLite file without changing it; the caller closes it. A missing file is created unless it is opened for reading or
 * `mustExist`.
 */
export function openFile(file: string, options: { readonly: boolean; timeout?: number; mustExist?: boolean }): Connection {
  const { readonly, timeout = 5000, mustExist = readonly } = options
  return new (database())(file, { fileMustExist: mustExist, readonly, timeout })
}

/** A connection for writing: write-ahead log, and every commit is on the disk before it returns. */
export function openWriter(file: string, options: { mustExist?: boolean } = {}): Connection {
  const connection = openFile(file, { readonly: false, ...options })
  try {
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = FULL')
    connection.pragma('foreign_keys = ON')
    connection.pragma(`wal_autocheckpoint = ${checkpointPages}`)
    connection.pragma('cache_size = -64000')
    connection.pragma('temp_store = MEMORY')
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

/** A read-only connection; a read sees every commit before it. */
export function openReader(file: string): Connection {
  const connection = openFile(file, { readonly: true })
  connection.pragma('cache_size = -32000')
  connection.pragma('temp_store = MEMORY')
  return connection
}
