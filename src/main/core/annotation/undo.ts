import { wellFormedText } from '../../../shared/domain/storable-text.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action, openAction, type ActionData } from './action.ts'
import { createSliceLimit, type SliceResult } from './slice.ts'
import { readFacet, readObject, readOwnValue, readRow, readTerm, type FacetValue, type OwnValue, type TermValue } from './state.ts'

/** Kinds of action that Ctrl+Z does not take back by itself; the indexes of `action` name the same. */
const notUndoable = `('undo', 'redo')`

/** An action of more objects than this is reversed in slices, by a job. */
const largeFrom = 50

export type Direction = 'undo' | 'redo'

/** What an undo or a redo did: the action taken back or repeated, the objects touched, the changes left alone. */
export interface Reversal {
  readonly actionId: number
  readonly objectIds: number[]
  readonly kept: number
  /** The action is large, or was reversed in part: nothing was done, and a job has to do it in slices. */
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

/** Who asks, and when. Everybody takes back own actions only. */
export interface ReversalInput {
  readonly author: string
  readonly at: string
}

/** Id of the action that the author's next undo takes back: the newest one in force. */
export function nextUndo(connection: Connection, author: string): number | null {
  const row = statement<[string], { id: number }>(
    connection,
    `SELECT id FROM action WHERE author = ? AND undone_by IS NULL AND kind NOT IN ${notUndoable} ORDER BY id DESC LIMIT 1`
  ).get(author)
  return row?.id ?? null
}

/** Id of the action that the author's next redo repeats: the one taken back last, unless the author has acted since. */
export function nextRedo(connection: Connection, author: string): number | null {
  const row = statement<[string, string], { id: number }>(
    connection,
    `SELECT id FROM action WHERE author = ? AND undone_by IS NOT NULL AND undone_by >
       (SELECT id FROM action WHERE author = ? AND kind NOT IN ${notUndoable} ORDER BY id DESC LIMIT 1)
     ORDER BY undone_by DESC LIMIT 1`
  ).get(author, author)
  return row?.id ?? null
}

/** Takes back the author's last action that is in force. Null where there is none. */
export function undo(connection: Connection, input: ReversalInput): Reversal | null {
  return reverseAction(connection, 'undo', nextUndo(connection, input.author), input)
}

/** Repeats the action that the author took back last. Null where there is none. */
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
 * Begins to undo or redo an action, or goes on with what was broken off. Returns the id of the action that reverses it, which
 * `reverseSlice` works on and `finishReversal` ends; null where the action is undone or in force already.
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
  // Even an undo that must leave everything alone is a step, or the next Ctrl+Z would try it again.
  action.pause(0, { source, kept: 0 })
  // A redo counts from its beginning: where it is broken off, the next undo takes back what it has repeated.
  if (direction === 'redo') statement(connection, 'UPDATE action SET undone_by = NULL WHERE id = ?').run(actionId)
  return action.id()
}

/** How many objects an undo or redo still has to look at. */
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

/** Notes on an action that it is undone; one that is repeated is in force since its redo began. */
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

/** What is in force now was written by the action itself or, after an undo, by its latest repetition. */
function latestRepetition(connection: Connection, actionId: number): number | null {
  const sql = `SELECT max(id) AS id FROM action WHERE reverses = ? AND kind = 'redo'`
  return statement<[number], { id: number | null }>(connection, sql).get(actionId)?.id ?? null
}

/** The objects that an action changed, from after `objectId` on, in the order of their ids. */
function* objectsAfter(connection: Connection, actionId: number, objectId: number): Generator<number> {
  const next = statement<[number, number], { id: number | null }>(
    connection,
    'SELECT min(object_id) AS id FROM event WHERE action_id = ? AND object_id > ?'
  )
  for (let id = next.get(actionId, objectId)?.id ?? null; id !== null; id = next.get(actionId, id)?.id ?? null) yield id
}

/**
 * Brings everything that `source` changed on an object back to what it was before, the last change first. What somebody has
 * changed since stays as it is and is counted. A facet that was decided meanwhile is opened again where one of its terms changes.
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

/** Takes one change back; false where the present state is not what the change left. */
function reverseEvent(connection: Connection, event: EventRow, objectId: number, action: Action): boolean {
  const { facet, conceptId, fieldId } = event
  const before: unknown = JSON.parse(event.before)
  const after: unknown = JSON.parse(event.after)
  // Events hold what the functions of state.ts read when they were written.
  if (event.subject === 'term' && facet !== null && conceptId !== null) {
    const present = readTerm(connection, objectId, conceptId)
    if (!sameDecision(present, after as TermValue | null)) return false
    action.setTerm(objectId, facet, conceptId, present, before as TermValue | null)
  } else if (event.subject === 'facet' && facet !== null) {
    if (!sameDecision(readFacet(connection, objectId, facet), after as FacetValue | null)) return false
    action.setFacet(objectId, facet, before as FacetValue | null)
  } else if (event.subject === 'note') {
    // The database holds U+FFFD for a half of a surrogate pair, which events of earlier versions hold as it came.
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

/** Whether two values come from the same decision: the action that made a decision names it. */
function sameDecision(a: { actionId: number } | null, b: { actionId: number } | null): boolean {
  return (a?.actionId ?? null) === (b?.actionId ?? null)
}
