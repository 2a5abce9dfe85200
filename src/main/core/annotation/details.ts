import type { Facet } from '../../../shared/model/facet.ts'
import type { ActionDetails, Change, ChangedObject } from '../../../shared/model/history.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { objectLabel } from './cards.ts'
import { isAsLeft, type EventRow } from './reversible.ts'
import type { ImagePlaces, Place } from './state.ts'
import { effectiveSource } from './undo.ts'

/** A change with the key of its term; the main thread adds the vocabulary's term. */
export type StoredChange = Omit<Change, 'term'> & { readonly key: TermKey | null }

export interface StoredDetails extends Omit<ActionDetails, 'objects'> {
  readonly objects: (Omit<ChangedObject, 'changes'> & { readonly changes: StoredChange[] })[]
}

/** Maximum number of objects that one call checks for conflicts: other reads wait for it. */
const mostLookedAt = 5000

/**
 * What an action changed on the objects after the id `after`; `conflictsOnly` leaves out those that an undo would restore
 * completely.
 */
export function actionDetails(
  connection: Connection,
  { actionId, after, limit, conflictsOnly }: { actionId: number; after: number; limit: number; conflictsOnly: boolean }
): StoredDetails {
  const source = effectiveSource(connection, actionId)
  const ids = statement<[number, number, number], { id: number }>(
    connection,
    'SELECT DISTINCT object_id AS id FROM event WHERE action_id = ? AND object_id > ? ORDER BY object_id LIMIT ?'
  ).all(source, after, conflictsOnly ? mostLookedAt : limit + 1)
  const objects: StoredDetails['objects'][number][] = []
  let last = after
  for (const { id } of ids) {
    if (objects.length === limit) return { objects, next: last }
    last = id
    const object = objectDetails(connection, source, id)
    if (!conflictsOnly || object.kept > 0) objects.push(object)
  }
  return { objects, next: conflictsOnly && ids.length === mostLookedAt ? last : null }
}

function objectDetails(connection: Connection, source: number, objectId: number): StoredDetails['objects'][number] {
  const events = statement<[number, number], EventRow & { key: TermKey | null }>(
    connection,
    `SELECT subject, event.facet, event.concept_id AS conceptId, event.field_id AS fieldId, before, after, term.key FROM event LEFT JOIN term ON term.id = event.concept_id
     WHERE action_id = ? AND object_id = ? ORDER BY event.id DESC`
  ).all(source, objectId)
  const seen = new Set<string>()
  let kept = 0
  for (const event of events) {
    // Of several changes of the same subject, the last one is what the action left.
    const image = event.subject === 'place' ? (JSON.parse(event.after) as ImagePlaces).imageId : ''
    const what = `${event.subject} ${event.facet ?? ''} ${event.conceptId ?? ''} ${event.fieldId ?? ''} ${image}`
    if (!seen.has(what) && !isAsLeft(connection, event, objectId)) kept++
    seen.add(what)
  }
  const changes = events.toReversed().map(({ subject, facet, key, before, after }) => ({
    subject,
    facet: facet as Facet | null,
    key,
    before: inWords(before),
    after: inWords(after)
  }))
  return { objectId, label: labelOf(connection, objectId), changes, kept }
}

/** A value of an event as text: the state of a decision, a note, a number, the places of a file. */
function inWords(json: string): string | null {
  const value: unknown = JSON.parse(json)
  if (value === null) return null
  if (typeof value === 'object' && 'places' in value)
    return (value.places as Place[]).map(({ root, path }) => `${root.replace(/\/$/, '')}/${path}`).join(', ')
  if (typeof value === 'object') return String('state' in value ? value.state : 'value' in value ? value.value : JSON.stringify(value))
  return String(value)
}

function labelOf(connection: Connection, objectId: number): string {
  const row = statement<[number], { number: string | null; path: string | null }>(
    connection,
    `SELECT inventory_number AS number,
       (SELECT location.path FROM image JOIN location ON location.image_id = image.id WHERE image.object_id = object.id
        ORDER BY image.position, image.id LIMIT 1) AS path
     FROM object WHERE id = ?`
  ).get(objectId)
  return objectLabel(objectId, row?.number ?? null, row?.path ?? null)
}
