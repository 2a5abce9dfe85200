import type { BackupReason } from '../../../shared/model/backup.ts'
import type { Connection } from './operation.ts'

/** What a database holds, as the list of backups shows it. `decisions` are actions in force, `events` all that was ever logged. */
export interface Holdings {
  readonly objects: number
  readonly decisions: number
  readonly events: number
}

/** A backup's description of itself. */
export interface BackupNote extends Holdings {
  readonly at: string
  readonly reason: BackupReason
}

/** Key of the property that holds a backup's note; no catalogue in use has it. */
const noteKey = 'backup'

/** Counts what a database of any schema version holds. */
export function readHoldings(connection: Connection): Holdings {
  const count = (sql: string): number => connection.prepare<[], number>(sql).pluck().get() ?? 0
  return {
    objects: count('SELECT count(*) FROM object'),
    decisions: count(`SELECT count(*) FROM action WHERE undone_by IS NULL AND kind NOT IN ('undo', 'redo')`),
    events: count('SELECT count(*) FROM event')
  }
}

export function writeNote(connection: Connection, note: BackupNote): void {
  const sql = 'INSERT INTO property (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
  connection.prepare(sql).run(noteKey, JSON.stringify(note))
}

/** The note of a backup; null if an earlier version made it. */
export function readNote(connection: Connection): BackupNote | null {
  const text = connection.prepare<[string], string>('SELECT value FROM property WHERE key = ?').pluck().get(noteKey)
  return text === undefined ? null : (JSON.parse(text) as BackupNote)
}

export function removeNote(connection: Connection): void {
  connection.prepare('DELETE FROM property WHERE key = ?').run(noteKey)
}
