import { wellFormedText } from '../../../shared/domain/storable-text.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action, openAction, type ActionData } from './action.ts'
import { createSliceLimit, type SliceResult } from './slice.ts'
import { readFacet, readObject, readOwnValue, readRow, readTerm, type FacetValue, type OwnValue, type TermValue } from './state.ts'

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

interface EventRow {
  readonly subject: 'term' | 'facet' | 'note' | 'flag' | 'field' | 'row'
  readonly facet: Facet | null
  readonly conceptId: number | null
  readonly fieldId: number | null
  readonly before: string
  readonly after: string
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

/** Reverses one change; false if the current value is not the one that the change wrote. */
function reverseEvent(connection: Connection, event: EventRow, objectId: number, action: Action): boolean {
  const { facet, conceptId, fieldId } = event
  const before: unknown = JSON.parse(event.before)
  const after: unknown = JSON.parse(event.after)
  // Events hold values as the functions of state.ts read them.
  if (event.subject === 'term' && facet !== null && conceptId !== null) {
    const present = readTerm(connection, objectId, conceptId)
    if (!sameDecision(present, after as TermValue | null)) return false
    action.setTerm(objectId, facet, conceptId, present, before as TermValue | null)
  } else if (event.subject === 'facet' && facet !== null) {
    if (!sameDecision(readFacet(connection, objectId, facet), after as FacetValue | null)) return false
    action.setFacet(objectId, facet, before as FacetValue | null)
  } else if (event.subject === 'note') {
    // The database holds U+FFFD for a lone surrogate; events of earlier versions hold the surrogate itself.
    if (readObject(connection, objectId)?.note !== wellFormedText(after as string)) return false
    action.setNote(objectId, before as string)
  } else if (event.subject === 'flag') {
    if (readObject(connection, objectId)?.flagged !== after) return false
    action.setFlag(objectId, before as boolean)
  } else if (event.subject === 'field' && fieldId !== null) {
    if (!sameDecision(readOwnValue(connection, objectId, fieldId), after as OwnValue | null)) return false
    action.setField(objectId, fieldId, before as OwnValue | null)
  } else if (event.subject === 'row') {
    if (readRow(connection, objectId) !== after) return false
    action.setRow(objectId, before as number | null)
  }
  return true
}

/** Whether two values come from the same decision, which its action identifies. */
function sameDecision(a: { actionId: number } | null, b: { actionId: number } | null): boolean {
  return (a?.actionId ?? null) === (b?.actionId ?? null)
}
