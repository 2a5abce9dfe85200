import { AppError, Cancelled, type ErrorData } from '../../../shared/errors.ts'
import type { ErrorCode } from '../../../shared/locales/error-tables.ts'
import { newestBackup } from './backup.ts'

/** An error as plain data, so that every error can cross between threads. */
export type Failure =
  | { readonly kind: 'app'; readonly code: string; readonly data: ErrorData; readonly stack: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'bug'; readonly name: string; readonly message: string; readonly stack: string }

/** What SQLite reports when the disk or the file is at fault, and what a person is told about it. */
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

/** Says that a catalogue's file is damaged, and names the newest backup where there is one. */
export function damaged(folder: string, cause?: unknown): AppError {
  const backup = newestBackup(folder)
  if (backup === null) return new AppError('catalogue.damaged', { folder }, cause)
  return new AppError('catalogue.damagedWithBackup', { folder, backup }, cause)
}

/** Turns the errors of SQLite and of the file system that a person can remedy into an AppError; leaves others as they are. */
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

/** The error that `packFailure` packed; its stack is that of the place where it was thrown. */
export function unpackFailure(failure: Failure): Error {
  if (failure.kind === 'cancelled') return new Cancelled()
  const error = failure.kind === 'app' ? AppError.told(failure) : new Error(failure.message)
  if (failure.kind === 'bug') error.name = failure.name
  if (failure.stack !== '') error.stack = failure.stack
  return error
}
