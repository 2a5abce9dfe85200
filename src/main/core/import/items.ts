import type { ErrorData } from '../../../shared/errors.ts'
import type { ImportItem, ImportItemState } from '../../../shared/model/job.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { findKnown } from './locations.ts'
import type { ScannedFile } from './scan.ts'

export type ItemCounts = Record<ImportItemState, number>

/** The stored result of a scan: whether it was complete, and how many files it ignored. */
export interface ScanEnd {
  readonly ignored: number
}

interface Row {
  key: string
  state: ImportItemState
  attempts: number
  reason: string | null
  data: string
  object_id: number | null
  inventory_number: string | null
}

const scanProperty = (jobId: number): string => `import.${jobId}.scanned`

export const itemReads = {
  importCounts(connection: Connection, jobId: number): ItemCounts {
    const rows = statement<[number], { state: ImportItemState; n: number }>(
      connection,
      'SELECT state, count(*) AS n FROM job_item WHERE job_id = ? GROUP BY state'
    ).all(jobId)
    const counts: ItemCounts = { pending: 0, taken: 0, already: 0, refused: 0 }
    for (const { state, n } of rows) counts[state] = n
    return counts
  },
  /** A page of the report in path order, from after `after`; `problems` = only files with problems. */
  importItems(
    connection: Connection,
    {
      jobId,
      state,
      problems,
      after,
      limit
    }: { jobId: number; state: ImportItemState | null; problems: boolean; after: string; limit: number }
  ): ImportItem[] {
    const rows = statement<[number, ImportItemState | null, ImportItemState | null, number, string, number], Row>(
      connection,
      `SELECT job_item.*, inventory_number FROM job_item LEFT JOIN object ON object.id = job_item.object_id
       WHERE job_id = ? AND (? IS NULL OR job_item.state = ?)
         AND (? = 0 OR job_item.state = 'refused' OR (job_item.state = 'taken' AND reason IS NOT NULL))
         AND key > ? ORDER BY key LIMIT ?`
    ).all(jobId, state, state, problems ? 1 : 0, after, limit)
    return rows.map(toItem)
  },
  /** Keys of an import's files in their order, from after `after`. */
  importKeys(connection: Connection, { jobId, after, limit }: { jobId: number; after: string; limit: number }): string[] {
    return statement<[number, string, number], { key: string }>(
      connection,
      'SELECT key FROM job_item WHERE job_id = ? AND key > ? ORDER BY key LIMIT ?'
    )
      .all(jobId, after, limit)
      .map(({ key }) => key)
  },
  scanEnd(connection: Connection, jobId: number): ScanEnd | null {
    const row = statement<[string], { value: string }>(connection, 'SELECT value FROM property WHERE key = ?').get(scanProperty(jobId))
    return row === undefined ? null : (JSON.parse(row.value) as ScanEnd)
  },
  /** Files that were started and not finished: one of them may have crashed the program. */
  suspectFiles(connection: Connection, jobId: number): string[] {
    return statement<[number], { key: string }>(
      connection,
      `SELECT key FROM job_item WHERE job_id = ? AND state = 'pending' AND attempts > 0 ORDER BY key`
    )
      .all(jobId)
      .map(({ key }) => key)
  },
  /** Refused files of an import with their reasons, for another try. */
  refusedFiles(connection: Connection, jobId: number): { key: string; code: string; data: ErrorData }[] {
    return statement<[number], { key: string; reason: string; data: string }>(
      connection,
      `SELECT key, reason, data FROM job_item WHERE job_id = ? AND state = 'refused' ORDER BY key`
    )
      .all(jobId)
      .map(({ key, reason, data }) => ({ key, code: reason, data: JSON.parse(data) as ErrorData }))
  }
}

function toItem(row: Row): ImportItem {
  const { key, state, reason } = row
  // Until a file is done, its data are size and date from the scan, which are not reported.
  const data = state === 'pending' ? {} : (JSON.parse(row.data) as ErrorData)
  return { path: key, state, reason, data, inventoryNumber: row.inventory_number, objectId: row.object_id }
}

export const itemWrites = {
  /** Lists files; those listed before, by a scan that was interrupted, stay as they are. Returns how many are new. */
  addImportFiles(
    connection: Connection,
    { jobId, files }: { jobId: number; files: readonly ScannedFile[] }
  ): { pending: number; refused: number } {
    const insert = statement(connection, 'INSERT OR IGNORE INTO job_item (job_id, key, state, reason, data) VALUES (?, ?, ?, ?, ?)')
    const added = { pending: 0, refused: 0 }
    for (const { key, bytes, modified, refused } of files) {
      const state = refused === null ? 'pending' : 'refused'
      const data = JSON.stringify(refused === null ? { bytes, modified } : refused.data)
      added[state] += insert.run(jobId, key, state, refused?.code ?? null, data).changes
    }
    return added
  },
  /** Marks the list as complete. */
  endImportScan(connection: Connection, { jobId, end }: { jobId: number; end: ScanEnd }): void {
    statement(connection, 'INSERT OR REPLACE INTO property (key, value) VALUES (?, ?)').run(scanProperty(jobId), JSON.stringify(end))
  },
  /**
   * Claims the next files in path order and records them as started. Files that the catalogue knows by path,
   * size and date are done at once, without being opened.
   */
  claimImportFiles(
    connection: Connection,
    { jobId, folder, limit }: { jobId: number; folder: string; limit: number }
  ): { claimed: string[]; already: number } {
    const rows = statement<[number, number], Row>(
      connection,
      `SELECT * FROM job_item WHERE job_id = ? AND state = 'pending' AND attempts = 0 ORDER BY key LIMIT ?`
    ).all(jobId, limit)
    const begin = statement(connection, 'UPDATE job_item SET attempts = 1 WHERE job_id = ? AND key = ?')
    const finish = statement(
      connection,
      `UPDATE job_item SET state = 'already', reason = 'import.known', data = ?, object_id = ? WHERE job_id = ? AND key = ?`
    )
    const claimed: string[] = []
    for (const row of rows) {
      const { bytes, modified } = JSON.parse(row.data) as { bytes: number; modified: number }
      const known = findKnown(connection, { folder, key: row.key, bytes, modified })
      if (known === null) {
        begin.run(jobId, row.key)
        claimed.push(row.key)
      } else finish.run(JSON.stringify({ file: row.key }), known, jobId, row.key)
    }
    return { claimed, already: rows.length - claimed.length }
  },
  /** Returns files that were claimed and not started. */
  releaseImportFiles(connection: Connection, { jobId, keys }: { jobId: number; keys: readonly string[] }): void {
    const release = statement(connection, `UPDATE job_item SET attempts = 0 WHERE job_id = ? AND key = ? AND state = 'pending'`)
    for (const key of keys) release.run(jobId, key)
  }
}
