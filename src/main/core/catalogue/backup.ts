import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { BackupReason } from '../../../shared/model/backup.ts'
import { backupFileName, backupFiles, isReplaced, pruneBackups, unfinishedEnding } from './backup-files.ts'
import { readHoldings, writeNote, type BackupNote } from './backup-note.ts'
import { applicationId, openFile } from './connection.ts'
import type { Connection } from './operation.ts'

/** Pages that the online backup copies between two looks at whether the thread is to end. */
const pagesAtOnce = 4096

/**
 * Copies the whole database to `file`, checks the copy, and only then gives it its name. The connection may be one whose own
 * file was deleted meanwhile. Throws `catalogue.backup` when the copy is not whole.
 */
export function copyDatabase(connection: Connection, file: string, note: BackupNote | null = null): void {
  const unfinished = file + unfinishedEnding
  rmSync(unfinished, { force: true })
  try {
    connection.prepare('VACUUM INTO ?').run(unfinished)
    finishCopy(unfinished, file, note)
  } catch (error) {
    removeUnfinished(unfinished)
    throw error
  }
}

/** Copies the database into `folder` while nobody else can be served: before a migration, and of a file that is lost. */
export function backUp(connection: Connection, folder: string, reason: BackupReason, now = new Date()): string {
  const { file, note } = begin(connection, folder, reason, now)
  copyDatabase(connection, file, note)
  pruneBackups(folder)
  return file
}

/**
 * Copies the database into `folder` with SQLite's online backup, while others read and write: what is copied is what was stored
 * when it began. The copy is checked, and must hold as many events, before it gets its name.
 * @param connection - one of its own, on which nothing else runs
 */
export async function backUpOnline(
  connection: Connection,
  { folder, reason }: { folder: string; reason: BackupReason },
  now = new Date()
): Promise<string> {
  // A read transaction holds the state of this moment: without it, SQLite would begin again after every write of others.
  connection.exec('BEGIN')
  try {
    const { file, note } = begin(connection, folder, reason, now)
    const unfinished = file + unfinishedEnding
    try {
      await connection.backup(unfinished, { progress: () => pagesAtOnce })
      finishCopy(unfinished, file, note)
    } catch (error) {
      removeUnfinished(unfinished)
      throw error
    }
    pruneBackups(folder)
    return file
  } finally {
    connection.exec('COMMIT')
  }
}

/** The path of a catalogue's newest backup that is whole, null where it has none. */
export function newestGoodBackup(folder: string): string | null {
  return backupFiles(folder).find((file) => !isReplaced(file) && isWhole(file)) ?? null
}

/** Whether a file is the database of a catalogue without damage. */
export function isWhole(file: string): boolean {
  try {
    const connection = openFile(file, { readonly: true })
    try {
      return connection.pragma('application_id', { simple: true }) === applicationId && integrityOf(connection) === 'ok'
    } finally {
      connection.close()
    }
  } catch {
    // What cannot be opened is not whole.
    return false
  }
}

function begin(connection: Connection, folder: string, reason: BackupReason, now: Date): { file: string; note: BackupNote } {
  mkdirSync(folder, { recursive: true })
  const version = connection.pragma('user_version', { simple: true }) as number
  const note = { at: now.toISOString(), reason, ...readHoldings(connection) }
  return { file: join(folder, backupFileName(now, `v${version}`)), note }
}

/** Checks a copy, puts its note into it and gives it its name. */
function finishCopy(unfinished: string, file: string, note: BackupNote | null): void {
  const copy = openFile(unfinished, { readonly: false, mustExist: true })
  try {
    // One file without a log beside it, which can be read from a disk that cannot be written.
    copy.pragma('journal_mode = DELETE')
    const problem = integrityOf(copy)
    if (problem !== 'ok') throw new AppError('catalogue.backup', { file, problem })
    const events = note === null ? null : readHoldings(copy).events
    if (note !== null && events !== note.events)
      throw new AppError('catalogue.backup', { file, problem: `${String(events)} events of ${note.events}` })
    copy.pragma('synchronous = FULL')
    if (note !== null) writeNote(copy, note)
  } finally {
    copy.close()
  }
  renameSync(unfinished, file)
}

function integrityOf(connection: Connection): string {
  return String(connection.pragma('integrity_check(1)', { simple: true }))
}

function removeUnfinished(unfinished: string): void {
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(unfinished + ending, { force: true })
}
