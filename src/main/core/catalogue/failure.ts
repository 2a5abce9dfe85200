import { AppError, Cancelled, type ErrorData } from '../../../shared/errors.ts'
import type { ErrorCode } from '../../../shared/locales/error-tables.ts'
import { newestGoodBackup } from './backup.ts'
import { describeBackup, presentHoldings } from './backup-files.ts'

/** An error as plain data, which can be sent between threads. */
export type Failure =
  | { readonly kind: 'app'; readonly code: string; readonly data: ErrorData; readonly stack: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'bug'; readonly name: string; readonly message: string; readonly stack: string }

/** SQLite's codes for faults of the disk or the file, and the error codes for them. */
const diskErrors: [prefix: string, code: ErrorCode][] = [
  ['SQLITE_FULL', 'catalogue.diskFull'],
  ['SQLITE_READONLY', 'catalogue.readOnly'],
  ['SQLITE_PERM', 'catalogue.readOnly'],
  ['SQLITE_CANTOPEN', 'catalogue.readOnly'],
  ['SQLITE_CORRUPT', 'catalogue.damaged'],
  ['SQLITE_NOTADB', 'catalogue.damaged'],
  ['SQLITE_IOERR', 'catalogue.disk'],
  ['SQLITE_BUSY', 'catalogue.busy']
]

/** What was told of damaged folders before: each read that fails asks again, and a look through large backups takes seconds. */
const toldBefore = new Map<string, { readonly code: ErrorCode; readonly data: ErrorData }>()

/**
 * Says that a catalogue's file is damaged, names the newest backup that is whole, and says how many decisions it lacks as far as
 * they can still be counted.
 */
export function damaged(folder: string, cause?: unknown): AppError {
  let told = toldBefore.get(folder)
  if (told === undefined) toldBefore.set(folder, (told = describeDamage(folder)))
  return new AppError(told.code, told.data, cause)
}

function describeDamage(folder: string): { code: ErrorCode; data: ErrorData } {
  const backup = newestGoodBackup(folder)
  if (backup === null) return { code: 'catalogue.damaged', data: { folder } }
  const { at, decisions } = describeBackup(backup)
  const data = { folder, backup, at: at.slice(0, 16).replace('T', ' '), decisions }
  const present = presentHoldings(folder)
  if (present === null) return { code: 'catalogue.damagedWithBackup', data }
  return { code: 'catalogue.damagedCounted', data: { ...data, missing: Math.max(0, present.decisions - decisions) } }
}

/** Turns errors of SQLite and the file system that a person can fix into an AppError; returns others unchanged. */
export function explain(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error
  const code = 'code' in error ? String(error.code) : ''
  const known = diskErrors.find(([prefix]) => code.startsWith(prefix))
  if (known?.[1] === 'catalogue.damaged') return damaged(folder, error)
  if (known !== undefined) return new AppError(known[1], { folder }, error)
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return new AppError('catalogue.readOnly', { folder }, error)
  if (['EIO', 'ESTALE', 'ENOTCONN', 'ENODEV', 'ENXIO'].includes(code)) return new AppError('catalogue.disk', { folder }, error)
  if (code === 'ENOSPC') return new AppError('catalogue.diskFull', { folder }, error)
  return error
}

/** An error (or whatever was thrown) as plain data. */
export function packFailure(error: unknown): Failure {
  if (error instanceof AppError) return { kind: 'app', code: error.code, data: error.data, stack: error.stack ?? '' }
  if (error instanceof Cancelled) return { kind: 'cancelled' }
  if (error instanceof Error) return { kind: 'bug', name: error.name, message: error.message, stack: error.stack ?? '' }
  return { kind: 'bug', name: 'Error', message: String(error), stack: '' }
}

/** The error packed by `packFailure`, with the stack of where it was thrown. */
export function unpackFailure(failure: Failure): Error {
  if (failure.kind === 'cancelled') return new Cancelled()
  const error = failure.kind === 'app' ? AppError.told(failure) : new Error(failure.message)
  if (failure.kind === 'bug') error.name = failure.name
  if (failure.stack !== '') error.stack = failure.stack
  return error
}
