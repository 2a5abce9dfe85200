import { hostname } from 'node:os'
import { AppError } from '../../../shared/errors.ts'
import { accountName } from '../lib/account-name.ts'
import { openFile } from './connection.ts'
import type { Connection } from './operation.ts'

/** Who has a catalogue open. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  readonly name: string
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}

/**
 * Takes the catalogue for this process, or throws `catalogue.inUse` naming who has it. The lock is an open write
 * transaction on a small SQLite file that says who holds it: the operating system releases it when the process ends, however it
 * ends, so a lock is never stale, and other processes can still read the name. Returns a function that releases it.
 */
export function takeLock(file: string, folder: string): () => void {
  const lock = openFile(file, { readonly: false, timeout: 0 })
  try {
    lock.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, host TEXT NOT NULL, name TEXT NOT NULL, since TEXT NOT NULL)')
    lock
      .transaction(() => {
        lock.exec('DELETE FROM holder')
        lock.prepare('INSERT INTO holder VALUES (?, ?, ?, ?)').run(process.pid, hostname(), accountName(), new Date().toISOString())
      })
      .immediate()
    lock.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const holder = isBusy(error) ? readHolder(lock) : null
    lock.close()
    if (holder === null) throw error
    throw new AppError('catalogue.inUse', { folder, name: holder.name, host: holder.host, pid: holder.pid }, error)
  }
  return () => lock.close()
}

function readHolder(lock: Connection): LockHolder {
  const holder = lock.prepare<[], LockHolder>('SELECT pid, host, name FROM holder').get()
  return holder ?? { pid: 0, host: '?', name: '?' }
}
