import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Backup } from '../../../shared/model/backup.ts'
import { readHoldings, readNote, type Holdings } from './backup-note.ts'
import { openFile } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import { keptTimes } from './rotation.ts'

/** Extension of an incomplete copy. */
export const unfinishedEnding = '.part'

/** A backup, or a database that a restored backup replaced. */
const backupName = /^(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})-(v\d+|replaced)\.sqlite$/

/** The content of a catalogue's file `backup.json`. It is outside the database, so that it can be read when the database is damaged. */
const choiceSchema = z.object({ folder: z.string() })

/** The name of a backup made at `at`; `kind` is `v` with the version of the schema, or `replaced`. */
export function backupFileName(at: Date, kind: string): string {
  return `${at.toISOString().slice(0, -1).replaceAll(':', '')}-${kind}.sqlite`
}

/** When a backup was made, milliseconds since 1970; null for any other file. */
export function timeOfBackup(file: string): number | null {
  const match = backupName.exec(basename(file))
  return match === null ? null : Date.parse(`${match[1]}T${match[2]}:${match[3]}:${match[4]}Z`)
}

/** The folder on another disk that a person chose for the backups of a catalogue; null = the catalogue's own. */
export function chosenFolder(folder: string): string | null {
  try {
    return choiceSchema.parse(JSON.parse(readFileSync(cataloguePaths(folder).backupChoice, 'utf8'))).folder
  } catch {
    // Missing or invalid: backups are made in the catalogue's own folder, and the person can choose again.
    return null
  }
}

/** The folders that may hold backups of a catalogue: its own, and the one that a person chose. */
export function backupFolders(folder: string): string[] {
  const chosen = chosenFolder(folder)
  return [cataloguePaths(folder).backups, ...(chosen === null ? [] : [chosen])]
}

/** The backups of a catalogue, newest first. */
export function backupFiles(folder: string): string[] {
  return backupFolders(folder)
    .flatMap((each) => backupsIn(each))
    .sort((a, b) => (basename(a) < basename(b) ? 1 : -1))
}

/** What a backup holds, from its note or else by counting. One that cannot be read is `usable: false`. */
export function describeBackup(file: string): Backup {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const at = new Date(timeOfBackup(file) ?? 0).toISOString()
  try {
    const connection = openFile(file, { readonly: true })
    try {
      const note = readNote(connection)
      const { objects, decisions, events } = note ?? readHoldings(connection)
      const reason = note?.reason ?? (isReplaced(file) ? 'replaced' : 'migration')
      return { file, at: note?.at ?? at, reason, objects, decisions, events, bytes, usable: true }
    } finally {
      connection.close()
    }
  } catch {
    // A damaged or unreadable backup is listed as such; the person sees why it is not offered.
    return { file, at, reason: isReplaced(file) ? 'replaced' : 'unknown', objects: 0, decisions: 0, events: 0, bytes, usable: false }
  }
}

/** What the catalogue holds now; null if its database cannot be read. */
export function presentHoldings(folder: string): Holdings | null {
  try {
    const connection = openFile(cataloguePaths(folder).database, { readonly: true })
    try {
      return readHoldings(connection)
    } finally {
      connection.close()
    }
  } catch {
    // Damaged, empty or missing: nothing can be counted.
    return null
  }
}

/** Removes the backups that the rotation does not keep (rotation.ts). Replaced databases stay. */
export function pruneBackups(backupFolder: string): void {
  const files = backupsIn(backupFolder).filter((file) => !isReplaced(file))
  const kept = keptTimes(files.map((file) => timeOfBackup(file) ?? 0))
  for (const file of files) if (!kept.has(timeOfBackup(file) ?? 0)) rmSync(file, { force: true })
}

/** Removes copies left unfinished when the program ended. Only for the holder of the catalogue's lock. */
export function sweepUnfinishedBackups(folder: string): void {
  const { restoring, backups } = cataloguePaths(folder)
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(restoring + ending, { force: true })
  sweepUnfinishedIn(backups)
}

/** Removes unfinished copies in a backup folder, with the files that SQLite writes beside them. */
export function sweepUnfinishedIn(backupFolder: string): void {
  const unfinished = new RegExp(`\\.sqlite\\${unfinishedEnding}(-journal|-wal|-shm)?$`)
  for (const name of namesIn(backupFolder)) if (unfinished.test(name)) rmSync(join(backupFolder, name), { force: true })
}

export function isReplaced(file: string): boolean {
  return backupName.exec(basename(file))?.[5] === 'replaced'
}

/** Paths of the backups in a folder, oldest first. */
function backupsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => backupName.test(name))
    .sort()
    .map((name) => join(folder, name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    // Most catalogues have no backups yet; an unreadable folder or a disconnected disk has none to offer.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EIO', 'ENODEV', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
