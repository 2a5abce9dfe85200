import { AppError } from '../../../shared/errors.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action, openAction, type ActionData } from './action.ts'
import { createSliceLimit, type SliceResult } from './slice.ts'
import { reverseEvent, type EventRow } from './reversible.ts'

/** Kinds of action that Ctrl+Z skips; the partial indexes of `action` list the same kinds. */
const notUndoable = `('undo', 'redo')`

/** An action of more objects than this is reversed in slices, by a job. */
const largeFrom = 50

export type Direction = 'undo' | 'redo'

/** The result of an undo or redo: the action undone or redone, the objects changed, and the number of changes left alone. */
export interface Reversal {
  readonly actionId: number
  readonly objectIds: number[]
  readonly kept: number
  /** The action is large, or partly reversed: nothing was done, and a job must do it in slices. */
  readonly inSlices: boolean
}

/** Author and time. People undo only their own actions. */
export interface ReversalInput {
  readonly author: string
  readonly at: string
}

/** Id of the action that the author's next undo reverses: the newest one in force. */
export function nextUndo(connection: Connection, author: string): number | null {
  const row = statement<[string], { id: number }>(
    connection,
    `SELECT id FROM action WHERE author = ? AND undone_by IS NULL AND kind NOT IN ${notUndoable} ORDER BY id DESC LIMIT 1`
  ).get(author)
  return row?.id ?? null
}

/** Id of the action that the author's next redo repeats: the one undone last, unless the author has acted since. */
export function nextRedo(connection: Connection, author: string): number | null {
  const row = statement<[string, string], { id: number }>(
    connection,
    `SELECT id FROM action WHERE author = ? AND undone_by IS NOT NULL AND undone_by >
       (SELECT id FROM action WHERE author = ? AND kind NOT IN ${notUndoable} ORDER BY id DESC LIMIT 1)
     ORDER BY undone_by DESC LIMIT 1`
  ).get(author, author)
  return row?.id ?? null
}

/** Undoes the author's last action in force. Null if there is none. */
export function undo(connection: Connection, input: ReversalInput): Reversal | null {
  return reverseAction(connection, 'undo', nextUndo(connection, input.author), input)
}

/** Redoes the action that the author undid last. Null if there is none. */
export function redo(connection: Connection, input: ReversalInput): Reversal | null {
  return reverseAction(connection, 'redo', nextRedo(connection, input.author), input)
}

/**
 * Takes back any action, whoever's it is. @throws AppError `annotation.actionNotFound`, `annotation.notUndoable` for one that is
 * undone already, and for an undo or redo
 */
export function undoAction(connection: Connection, { actionId, ...input }: ReversalInput & { actionId: number }): Reversal {
  const target = statement<[number], { kind: string; undoneBy: number | null }>(
    connection,
    'SELECT kind, undone_by AS undoneBy FROM action WHERE id = ?'
  ).get(actionId)
  if (target === undefined) throw new AppError('annotation.actionNotFound', { id: actionId })
  const reversal = isUndoable(target) ? reverseAction(connection, 'undo', actionId, input) : null
  if (reversal === null) throw new AppError('annotation.notUndoable', { id: actionId })
  return reversal
}

/** Whether an action can be taken back. */
export function isUndoable({ kind, undoneBy }: { kind: string; undoneBy: number | null }): boolean {
  return undoneBy === null && kind !== 'undo' && kind !== 'redo'
}

/** The action whose changes are in force for an action: itself, or its latest repetition. */
export function effectiveSource(connection: Connection, actionId: number): number {
  return latestRepetition(connection, actionId) ?? actionId
}

function reverseAction(connection: Connection, direction: Direction, actionId: number | null, input: ReversalInput): Reversal | null {
  if (actionId === null) return null
  const { data } = openAction(connection, actionId)
  const large = (data.objects ?? 0) > largeFrom || data.upTo !== undefined || unfinished(connection, direction, actionId) !== null
  if (large) return { actionId, objectIds: [], kept: 0, inSlices: true }
  const reversing = beginReversal(connection, { direction, actionId, ...input })
  if (reversing === null) return null
  const { action, source } = openReversal(connection, reversing)
  let kept = 0
  for (const objectId of objectsAfter(connection, source, 0)) kept += reverseObject(connection, action, source, objectId)
  const done = action.finish({ kept })
  settle(connection, reversing)
  return { actionId, objectIds: done?.objectIds ?? [], kept, inSlices: false }
}

/**
 * Starts to undo or redo an action, or continues an interrupted reversal. Returns the id of the reversing action, for
 * `reverseSlice` and `finishReversal`; null if the action is already undone or in force.
 */
export function beginReversal(
  connection: Connection,
  { direction, actionId, author, at }: ReversalInput & { direction: Direction; actionId: number }
): number | null {
  const begun = unfinished(connection, direction, actionId)
  if (begun !== null) return begun
  const target = statement<[number], { objectId: number | null; undoneBy: number | null }>(
    connection,
    'SELECT object_id AS objectId, undone_by AS undoneBy FROM action WHERE id = ?'
  ).get(actionId)
  if (target === undefined || (target.undoneBy === null) !== (direction === 'undo')) return null
  const source = target.undoneBy ?? latestRepetition(connection, actionId) ?? actionId
  const action = new Action(connection, { kind: direction, author, at, objectId: target.objectId, data: {}, reverses: actionId })
  // Even an undo that changes nothing is recorded, or the next Ctrl+Z would try it again.
  action.pause(0, { source, kept: 0 })
  // A redo is in force from its start: if it is interrupted, the next undo reverses what it has repeated.
  if (direction === 'redo') statement(connection, 'UPDATE action SET undone_by = NULL WHERE id = ?').run(actionId)
  return action.id()
}

/** Number of objects that an undo or redo has not processed yet. */
export function reversalObjects(connection: Connection, reversing: number): number {
  const { data, source } = openReversal(connection, reversing)
  return (
    statement<[number, number], { count: number }>(
      connection,
      'SELECT count(DISTINCT object_id) AS count FROM event WHERE action_id = ? AND object_id > ?'
    ).get(source, data.upTo ?? 0)?.count ?? 0
  )
}

/** Reverses an action on the next objects, as many as fit into a slice. */
export function reverseSlice(connection: Connection, reversing: number): SliceResult {
  const { action, data, source } = openReversal(connection, reversing)
  const hasRoom = createSliceLimit()
  let { upTo = 0, kept = 0 } = data
  let processed = 0
  for (const objectId of objectsAfter(connection, source, upTo)) {
    if (!hasRoom(processed)) {
      action.pause(upTo, { kept })
      return { processed, done: false }
    }
    kept += reverseObject(connection, action, source, objectId)
    upTo = objectId
    processed++
  }
  action.pause(upTo, { kept })
  return { processed, done: true }
}

/** Ends an undo or redo that was done in slices. */
export function finishReversal(connection: Connection, reversing: number): { changes: number; objects: number; kept: number } {
  const { action, data } = openReversal(connection, reversing)
  action.finish()
  settle(connection, reversing)
  return { changes: data.changes ?? 0, objects: data.objects ?? 0, kept: data.kept ?? 0 }
}

/** Marks an action as undone; a redone one has been in force since its redo started. */
function settle(connection: Connection, reversing: number): void {
  statement(
    connection,
    `UPDATE action SET undone_by = reversing.id FROM action AS reversing
     WHERE reversing.id = ? AND reversing.kind = 'undo' AND action.id = reversing.reverses`
  ).run(reversing)
}

function openReversal(connection: Connection, id: number): { action: Action; data: ActionData; source: number } {
  const { action, data } = openAction(connection, id)
  if (data.source === undefined) throw new Error(`the reversal ${id} is finished`)
  return { action, data, source: data.source }
}

/** An undo or redo of the action that was begun and not finished. */
function unfinished(connection: Connection, direction: Direction, actionId: number): number | null {
  const row = statement<[number, string], { id: number }>(
    connection,
    `SELECT id FROM action WHERE reverses = ? AND kind = ? AND data ->> 'upTo' IS NOT NULL ORDER BY id DESC LIMIT 1`
  ).get(actionId, direction)
  return row?.id ?? null
}

/** The current values were written by the action itself or, after an undo, by its latest redo. */
function latestRepetition(connection: Connection, actionId: number): number | null {
  const sql = `SELECT max(id) AS id FROM action WHERE reverses = ? AND kind = 'redo'`
  return statement<[number], { id: number | null }>(connection, sql).get(actionId)?.id ?? null
}

/** The objects that an action changed, after `objectId`, in the order of their ids. */
function* objectsAfter(connection: Connection, actionId: number, objectId: number): Generator<number> {
  const next = statement<[number, number], { id: number | null }>(
    connection,
    'SELECT min(object_id) AS id FROM event WHERE action_id = ? AND object_id > ?'
  )
  for (let id = next.get(actionId, objectId)?.id ?? null; id !== null; id = next.get(actionId, id)?.id ?? null) yield id
}

/**
 * Reverses all changes of `source` on an object, last change first. Values that somebody has changed since are kept and counted. A
 * facet that has been decided since is reopened if one of its terms changes.
 */
function reverseObject(connection: Connection, action: Action, source: number, objectId: number): number {
  const events = statement<[number, number], EventRow>(
    connection,
    `SELECT subject, facet, concept_id AS conceptId, field_id AS fieldId, before, after FROM event WHERE action_id = ? AND object_id = ? ORDER BY id DESC`
  ).all(source, objectId)
  const reopen = new Set<Facet>()
  const restored = new Set<Facet>()
  let kept = 0
  for (const event of events) {
    if (!reverseEvent(connection, event, objectId, action)) kept++
    else if (event.facet !== null && event.subject === 'facet') restored.add(event.facet)
    else if (event.facet !== null && event.subject === 'term') reopen.add(event.facet)
  }
  for (const facet of reopen) if (!restored.has(facet)) action.reopenFacet(objectId, facet)
  return kept
}
