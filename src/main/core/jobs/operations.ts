import type { ErrorData } from '../../../shared/errors.ts'
import type { Job, JobKind } from '../../../shared/model/job.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import type { JobResult } from './runner.ts'

/** A job as stored, without values that change while it runs (speed, time left). */
export interface StoredJob {
  readonly id: number
  readonly kind: JobKind
  readonly state: Job['state']
  readonly title: string
  readonly options: unknown
  readonly total: number | null
  readonly counts: Record<string, number>
  readonly error: { code: string; data: ErrorData } | null
  readonly result: JobResult | null
  readonly startedAt: string
  readonly finishedAt: string | null
}

interface JobRow {
  id: number
  kind: JobKind
  state: Job['state']
  title: string
  options: string
  total: number | null
  counts: string
  error: string | null
  result: string | null
  started_at: string
  finished_at: string | null
}

function fromRow(row: JobRow): StoredJob {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    title: row.title,
    options: JSON.parse(row.options),
    total: row.total,
    counts: JSON.parse(row.counts),
    error: row.error === null ? null : JSON.parse(row.error),
    result: row.result === null ? null : JSON.parse(row.result),
    startedAt: row.started_at,
    finishedAt: row.finished_at
  }
}

export const jobReads = {
  /** The newest jobs first, at most `limit`. */
  jobs(connection: Connection, { limit }: { limit: number }): StoredJob[] {
    return statement<[number], JobRow>(connection, 'SELECT * FROM job ORDER BY id DESC LIMIT ?').all(limit).map(fromRow)
  },
  job(connection: Connection, id: number): StoredJob | null {
    const row = statement<[number], JobRow>(connection, 'SELECT * FROM job WHERE id = ?').get(id)
    return row === undefined ? null : fromRow(row)
  }
}

export const jobWrites = {
  createJob(connection: Connection, job: { kind: JobKind; title: string; options: unknown; at: string }): number {
    const { lastInsertRowid } = statement(
      connection,
      `INSERT INTO job (kind, state, title, options, started_at) VALUES (?, 'waiting', ?, ?, ?)`
    ).run(job.kind, job.title, JSON.stringify(job.options ?? null), job.at)
    return Number(lastInsertRowid)
  },
  saveJob(connection: Connection, job: Omit<StoredJob, 'options' | 'kind' | 'title'>): void {
    statement(
      connection,
      `UPDATE job SET state = ?, total = ?, counts = ?, error = ?, result = ?, started_at = ?, finished_at = ? WHERE id = ?`
    ).run(
      job.state,
      job.total,
      JSON.stringify(job.counts),
      job.error === null ? null : JSON.stringify(job.error),
      job.result === null ? null : JSON.stringify(job.result),
      job.startedAt,
      job.finishedAt,
      job.id
    )
  },
  /** Marks jobs that were open when the program ended. Returns them, oldest first. */
  interruptOpenJobs(connection: Connection): StoredJob[] {
    return statement<[], JobRow>(connection, `UPDATE job SET state = 'interrupted' WHERE state IN ('waiting', 'running') RETURNING *`)
      .all()
      .map(fromRow)
      .sort((a, b) => a.id - b.id)
  }
}
