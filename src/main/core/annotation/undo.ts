import type { Facet } from '../../../shared/model/facet.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action } from './action.ts'
import { readFacet, readObject, readTerm, type FacetValue, type TermValue } from './state.ts'

/** Kinds of action that Ctrl+Z does not take back by itself; the indexes of `action` name the same. */
const notUndoable = `('undo', 'redo')`

/** What an undo or a redo did: the action taken back or repeated, the objects touched, the changes left alone. */
export interface Reversal {
  readonly actionId: number
  readonly objectIds: number[]
  readonly kept: number
}

interface EventRow {
  readonly objectId: number
  readonly subject: 'term' | 'facet' | 'note' | 'flag'
  readonly facet: Facet | null
  readonly conceptId: number | null
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
export function undo(connection: Connection, { author, at }: ReversalInput): Reversal | null {
  const actionId = nextUndo(connection, author)
  if (actionId === null) return null
  // What is in force now was written by the action itself or, after an undo, by its latest repetition.
  const latest = statement<[number], { id: number | null }>(
    connection,
    `SELECT max(id) AS id FROM action WHERE reverses = ? AND kind = 'redo'`
  ).get(actionId)
  const reversing = new Action(connection, {
    kind: 'undo',
    author,
    at,
    objectId: objectOf(connection, actionId),
    data: {},
    reverses: actionId
  })
  const { objectIds, kept } = reverse(connection, latest?.id ?? actionId, reversing)
  statement(connection, 'UPDATE action SET undone_by = ? WHERE id = ?').run(reversing.id(), actionId)
  return { actionId, objectIds, kept }
}

/** Repeats the action that the author took back last. Null where there is none. */
export function redo(connection: Connection, { author, at }: ReversalInput): Reversal | null {
  const actionId = nextRedo(connection, author)
  if (actionId === null) return null
  const undone = statement<[number], { undoneBy: number }>(connection, 'SELECT undone_by AS undoneBy FROM action WHERE id = ?').get(
    actionId
  )
  if (undone === undefined) return null
  const repeating = new Action(connection, {
    kind: 'redo',
    author,
    at,
    objectId: objectOf(connection, actionId),
    data: {},
    reverses: actionId
  })
  const { objectIds, kept } = reverse(connection, undone.undoneBy, repeating)
  statement(connection, 'UPDATE action SET undone_by = NULL WHERE id = ?').run(actionId)
  return { actionId, objectIds, kept }
}

function objectOf(connection: Connection, actionId: number): number | null {
  const row = statement<[number], { objectId: number | null }>(connection, 'SELECT object_id AS objectId FROM action WHERE id = ?').get(
    actionId
  )
  return row?.objectId ?? null
}

/**
 * Brings everything that `sourceId` changed back to what it was before, the last change first. What somebody has changed
 * since stays as it is and is counted. A facet that was decided meanwhile is opened again where one of its terms changes.
 */
function reverse(connection: Connection, sourceId: number, action: Action): { objectIds: number[]; kept: number } {
  const events = statement<[number], EventRow>(
    connection,
    `SELECT object_id AS objectId, subject, facet, concept_id AS conceptId, before, after FROM event WHERE action_id = ? ORDER BY id DESC`
  ).all(sourceId)
  const reopen = new Map<string, { objectId: number; facet: Facet }>()
  const restored = new Set<string>()
  let kept = 0
  // Even an undo that must leave everything alone is a step, or the next Ctrl+Z would try it again.
  action.id()
  for (const event of events) {
    const place = `${event.objectId} ${event.facet}`
    if (!reverseEvent(connection, event, action)) kept++
    else if (event.subject === 'facet') restored.add(place)
    else if (event.subject === 'term' && event.facet !== null) reopen.set(place, { objectId: event.objectId, facet: event.facet })
  }
  for (const [place, { objectId, facet }] of reopen) if (!restored.has(place)) action.reopenFacet(objectId, facet)
  const done = action.finish({ kept })
  return { objectIds: done?.objectIds ?? [], kept }
}

/** Takes one change back; false where the present state is not what the change left. */
function reverseEvent(connection: Connection, event: EventRow, action: Action): boolean {
  const { objectId, facet, conceptId } = event
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
    if (readObject(connection, objectId)?.note !== after) return false
    action.setNote(objectId, before as string)
  } else if (event.subject === 'flag') {
    if (readObject(connection, objectId)?.flagged !== after) return false
    action.setFlag(objectId, before as boolean)
  }
  return true
}

/** Whether two values come from the same decision: the action that made a decision names it. */
function sameDecision(a: { actionId: number } | null, b: { actionId: number } | null): boolean {
  return (a?.actionId ?? null) === (b?.actionId ?? null)
}
