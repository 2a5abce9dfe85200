import { AppError } from '../../../shared/errors.ts'
import type { RunEntry } from '../../../shared/model/history.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action, openAction } from './action.ts'
import { createSliceLimit, sliceObjects, type SliceResult } from './slice.ts'

/** A run counts as removed as long as the action that removed it is in force, so that undoing the action restores it. */
export const runIsRemoved = `EXISTS (SELECT 1 FROM action WHERE action.id = run.removed_by AND action.undone_by IS NULL)`

/** All runs, newest first. */
export function runs(connection: Connection): RunEntry[] {
  return statement<[], Omit<RunEntry, 'removed'> & { removed: number }>(
    connection,
    `SELECT id, bundle_id AS bundleId, bundle_version AS bundleVersion, device, started_at AS startedAt, images,
       (SELECT count(*) FROM object WHERE suggested_run_id = run.id) AS objects, ${runIsRemoved} AS removed
     FROM run ORDER BY id DESC`
  )
    .all()
    .map((run) => ({ ...run, removed: run.removed === 1 }))
}

/**
 * Begins to remove a run: its suggestions are no longer shown, and objects show those of the run before. What people and rules
 * decided stays. Returns the action's id; `removeRunSlice` does the work, `finishAction` ends it.
 * @throws AppError `annotation.runNotFound`
 */
export function beginRemoveRun(connection: Connection, { runId, author, at }: { runId: number; author: string; at: string }): number {
  const run = statement<[number], { name: string }>(
    connection,
    `SELECT bundle_id || '@' || bundle_version AS name FROM run WHERE id = ? AND NOT ${runIsRemoved}`
  ).get(runId)
  if (run === undefined) throw new AppError('annotation.runNotFound', { run: runId })
  const action = new Action(connection, { kind: 'removeRun', author, at, objectId: null, data: { run: runId, reason: run.name } })
  const id = action.id()
  action.pause(0)
  statement(connection, 'UPDATE run SET removed_by = ? WHERE id = ?').run(id, runId)
  return id
}

/** How many objects still show the run that an action removes. */
export function runObjects(connection: Connection, actionId: number): number {
  const { data } = openAction(connection, actionId)
  const sql = 'SELECT count(*) AS count FROM object WHERE id > ? AND suggested_run_id = ?'
  return statement<[number, number], { count: number }>(connection, sql).get(data.upTo ?? 0, data.run ?? 0)?.count ?? 0
}

/** Makes the next objects, as many as fit into a slice, show the run before the removed one. */
export function removeRunSlice(connection: Connection, actionId: number): SliceResult {
  const { action, data } = openAction(connection, actionId)
  if (data.upTo === undefined || data.run === undefined) return { processed: 0, done: true }
  const objects = statement<[number, number], { id: number }>(
    connection,
    `SELECT id FROM object WHERE id > ? AND suggested_run_id = ? ORDER BY id LIMIT ${sliceObjects}`
  ).all(data.upTo, data.run)
  const hasRoom = createSliceLimit()
  let processed = 0
  for (const { id } of objects) {
    if (!hasRoom(processed)) break
    action.setRun(id, newestRun(connection, id))
    processed++
  }
  action.pause(objects[processed - 1]?.id ?? data.upTo)
  return { processed, done: processed === objects.length && objects.length < sliceObjects }
}

/** The newest run that has suggestions for an object and is not removed. */
function newestRun(connection: Connection, objectId: number): number | null {
  const row = statement<[number], { id: number | null }>(
    connection,
    `SELECT max(run.id) AS id FROM image CROSS JOIN prediction ON prediction.image_id = image.id JOIN run ON run.id = prediction.run_id
     WHERE image.object_id = ? AND prediction.rank = 1 AND NOT ${runIsRemoved}`
  ).get(objectId)
  return row?.id ?? null
}
