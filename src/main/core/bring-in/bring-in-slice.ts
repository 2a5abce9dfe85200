import { AppError } from '../../../shared/errors.ts'
import { facets, type Facet } from '../../../shared/model/facet.ts'
import { Action, openAction } from '../annotation/action.ts'
import { createSliceLimit } from '../annotation/slice.ts'
import { readFacet, readTerm } from '../annotation/state.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { ensureTermIds, type TermReference } from '../catalogue/terms.ts'

/** What a file says about an object. */
export interface BroughtObject {
  readonly objectId: number
  readonly accepted: Partial<Record<Facet, readonly TermReference[]>>
}

/** What a slice did: `processed` of the given objects, `kept` facets that had been decided before. */
export interface BringInSlice {
  readonly processed: number
  readonly kept: number
}

/** Begins the action that brings a file in. It is recorded even if it changes nothing. Returns its id. */
export function beginBringIn(connection: Connection, { file, author, at }: { file: string; author: string; at: string }): number {
  const action = new Action(connection, { kind: 'bringIn', author, at, objectId: null, data: { reason: file } })
  const id = action.id()
  action.pause(0)
  return id
}

/** The last object that the action has processed, in the order of ids. AppError `annotation.ruleTakenBack` if the action was undone. */
export function bringInUpTo(connection: Connection, actionId: number): number {
  const reversed = statement<[number], { id: number }>(connection, 'SELECT id FROM action WHERE reverses = ? LIMIT 1').get(actionId)
  if (reversed !== undefined) throw new AppError('annotation.ruleTakenBack')
  return openAction(connection, actionId).data.upTo ?? Number.MAX_SAFE_INTEGER
}

/**
 * Accepts the terms of the next objects, as many as fit into a slice, and closes the facets that they fill. A facet in
 * which anything was decided before stays as it is.
 * @param objects - in the order of their ids, starting after those already processed
 */
export function bringInSlice(connection: Connection, input: { actionId: number; objects: readonly BroughtObject[] }): BringInSlice {
  const { action, data, author, at } = openAction(connection, input.actionId)
  const hasRoom = createSliceLimit()
  let { upTo = 0, kept = 0 } = data
  const before = kept
  let processed = 0
  for (const { objectId, accepted } of input.objects) {
    if (!hasRoom(processed)) break
    for (const facet of facets) {
      const terms = accepted[facet]
      if (terms === undefined) continue
      if (isTouched(connection, objectId, facet)) kept++
      else fillFacet(connection, action, { objectId, facet, terms, author, at })
    }
    upTo = objectId
    processed++
  }
  action.pause(upTo, { kept })
  return { processed, kept: kept - before }
}

interface Filling {
  readonly objectId: number
  readonly facet: Facet
  readonly terms: readonly TermReference[]
  readonly author: string
  readonly at: string
}

function fillFacet(connection: Connection, action: Action, { objectId, facet, terms, author, at }: Filling): void {
  for (const term of terms) {
    const { id, conceptId } = ensureTermIds(connection, term)
    // Two paths in the file may be the same concept.
    if (readTerm(connection, objectId, conceptId) !== null) continue
    action.setTerm(objectId, facet, conceptId, null, {
      termId: id,
      facet,
      state: 'accepted',
      certainty: 'certain',
      author,
      at,
      by: 'person',
      runId: null,
      rank: null,
      probability: null,
      actionId: action.id()
    })
  }
  action.setFacet(objectId, facet, { state: 'closed', author, at, actionId: action.id() })
}

function isTouched(connection: Connection, objectId: number, facet: Facet): boolean {
  if (readFacet(connection, objectId, facet) !== null) return true
  const sql = 'SELECT 1 AS found FROM annotation WHERE object_id = ? AND facet = ? LIMIT 1'
  return statement<[number, string], { found: number }>(connection, sql).get(objectId, facet) !== undefined
}
