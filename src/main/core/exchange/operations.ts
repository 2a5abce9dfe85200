import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { storedRecord, type StoredRecord } from '../annotation/stored-record.ts'

/** Where a page of objects ends: the key by which they are ordered. */
export interface ExportCursor {
  readonly numberKey: string
  readonly id: number
}

export interface ExportPage {
  readonly records: StoredRecord[]
  /** Where to continue, null after the last page. */
  readonly next: ExportCursor | null
}

/** The model bundle of a run, as provenance names it. */
export interface ExportRun {
  readonly id: number
  readonly bundleId: string
  readonly bundleVersion: string
  readonly startedAt: string
}

/** The next objects in the order of their numbers, with everything that an export may say about them. */
function exportPage(connection: Connection, { after, limit }: { after: ExportCursor | null; limit: number }): ExportPage {
  const rows = statement<[string, number, number], ExportCursor>(
    connection,
    `SELECT number_key AS numberKey, id FROM object WHERE (number_key, id) > (?, ?) ORDER BY number_key, id LIMIT ?`
  ).all(after?.numberKey ?? '', after?.id ?? -1, limit)
  return {
    records: recordsOf(
      connection,
      rows.map(({ id }) => id)
    ),
    next: rows.length < limit ? null : (rows.at(-1) ?? null)
  }
}

/** The objects with these ids in the order given; ids of no object are passed over. */
function exportRecords(connection: Connection, ids: readonly number[]): StoredRecord[] {
  return recordsOf(connection, ids)
}

function recordsOf(connection: Connection, ids: readonly number[]): StoredRecord[] {
  return ids.map((id) => storedRecord(connection, id)).filter((record) => record !== null)
}

function exportCount(connection: Connection): number {
  return statement<[], { count: number }>(connection, 'SELECT count(*) AS count FROM object').get()?.count ?? 0
}

function exportRuns(connection: Connection): ExportRun[] {
  return statement<[], ExportRun>(
    connection,
    'SELECT id, bundle_id AS bundleId, bundle_version AS bundleVersion, started_at AS startedAt FROM run ORDER BY id'
  ).all()
}

/** Where a file of a catalogue's picture lies: the path of its root and the path below it. */
export interface OriginalPlace {
  readonly root: string
  readonly path: string
}

/** Originals that a file of this size and name may be: of the same size, or of the same name in any case and spelling of accents. */
function originalsLike(connection: Connection, { bytes, name }: { bytes: number; name: string }): OriginalPlace[] {
  const pattern = name
    .normalize('NFC')
    .replace(/[%_\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]+/g, '%')
  return statement<[number, string], OriginalPlace>(
    connection,
    `SELECT root.path AS root, location.path FROM location JOIN root ON root.id = location.root_id JOIN image ON image.id = location.image_id
     WHERE image.bytes = ? OR location.path LIKE ? ESCAPE '\\'`
  ).all(bytes, `%${pattern}`)
}

/** Hashes (SHA-256) of the files of this size that exports wrote. */
function exportsOfSize(connection: Connection, bytes: number): string[] {
  return statement<[number], { hash: string }>(
    connection,
    `SELECT key AS hash FROM job CROSS JOIN job_item ON job_item.job_id = job.id AND job_item.state = 'written'
     WHERE job.kind = 'export' AND job_item.data ->> 'bytes' = ?`
  )
    .all(bytes)
    .map(({ hash }) => hash)
}

/** Files that exports had begun and not put in place; of one job or (null) of all. */
function partialFiles(connection: Connection, jobId: number | null): { job: number; file: string }[] {
  return statement<[number | null], { job: number; file: string }>(
    connection,
    `SELECT job.id AS job, job_item.key AS file FROM job CROSS JOIN job_item ON job_item.job_id = job.id AND job_item.state = 'partial'
     WHERE job.kind = 'export' AND job.id = coalesce(?, job.id)`
  ).all(jobId)
}

/** Records a file before it is written, so that it is found after a crash. */
function notePartialFile(connection: Connection, { jobId, file }: { jobId: number; file: string }): void {
  statement(connection, `INSERT OR IGNORE INTO job_item (job_id, key, state) VALUES (?, ?, 'partial')`).run(jobId, file)
}

function forgetPartialFile(connection: Connection, { jobId, file }: { jobId: number; file: string }): void {
  statement(connection, `DELETE FROM job_item WHERE job_id = ? AND key = ? AND state = 'partial'`).run(jobId, file)
}

/** Records the file that an export is about to put in place, so that a later export recognises it. */
function noteExport(connection: Connection, { jobId, hash, bytes }: { jobId: number; hash: string; bytes: number }): void {
  statement(connection, `INSERT OR REPLACE INTO job_item (job_id, key, state, data) VALUES (?, ?, 'written', ?)`).run(
    jobId,
    hash,
    JSON.stringify({ bytes })
  )
}

/** What exports read from the catalogue. */
export const exchangeReads = { exportPage, exportRecords, exportCount, exportRuns, originalsLike, exportsOfSize, partialFiles }

/** What exports write to the catalogue about themselves: unfinished files and finished ones. */
export const exchangeWrites = { notePartialFile, forgetPartialFile, noteExport }
