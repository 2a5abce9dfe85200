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
  /** Where to go on, null after the last page. */
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

/** What exports read from the catalogue. */
export const exchangeReads = { exportPage, exportRecords, exportCount, exportRuns }
