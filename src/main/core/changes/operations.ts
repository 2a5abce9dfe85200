import { posix } from 'node:path'
import type { TermChange } from '../../../shared/model/changes.ts'
import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { Certainty } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { readTerm, type TermValue } from '../annotation/state.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** A term of an object that is accepted now, or was at the start of the period. */
export interface StoredTermChange {
  readonly change: TermChange
  readonly facet: Facet
  readonly key: TermKey
  readonly certainty: Certainty
  /** Who changed it last, and when. */
  readonly who: string
  readonly when: string
}

/** An object with what changed, and all terms accepted on it now. */
export interface ChangedObject {
  readonly id: number
  readonly number: string | null
  readonly files: readonly string[]
  readonly changes: readonly StoredTermChange[]
  readonly accepted: readonly { readonly facet: Facet; readonly key: TermKey }[]
}

interface FirstEvent {
  readonly conceptId: number
  readonly facet: Facet
  /** JSON of the term before the first change since then. */
  readonly before: string
  /** Of the last change. */
  readonly who: string
  readonly when: string
}

/** Objects that have events about terms after `since` (all where it is null), the next ones after the id `after`. */
function changedObjects(
  connection: Connection,
  { since, after, limit }: { since: string | null; after: number; limit: number }
): { objects: ChangedObject[]; next: number | null } {
  // Action ids increase with time, so those since then are found without reading earlier events.
  const first = statement<[string], { id: number | null }>(connection, 'SELECT min(id) AS id FROM action WHERE at > ?').get(since ?? '')?.id
  if (first === null || first === undefined) return { objects: [], next: null }
  const ids = statement<[number, number, number], { id: number }>(
    connection,
    `SELECT DISTINCT object_id AS id FROM event WHERE action_id >= ? AND object_id > ? AND subject = 'term' ORDER BY object_id LIMIT ?`
  ).all(first, after, limit)
  const objects = ids.map(({ id }) => changedObject(connection, id, first))
  return { objects: objects.filter(({ changes }) => changes.length > 0), next: ids.length < limit ? null : (ids.at(-1)?.id ?? null) }
}

function changedObject(connection: Connection, id: number, firstAction: number): ChangedObject {
  const object = statement<[number], { number: string | null }>(
    connection,
    'SELECT inventory_number AS number FROM object WHERE id = ?'
  ).get(id)
  const events = statement<[number, number], FirstEvent>(
    connection,
    // SQLite takes the other columns from the row of the minimum; the last change is looked up separately.
    `SELECT concept_id AS conceptId, event.facet, before, min(event.id) AS firstId, last.author AS who, last.at AS "when"
     FROM event JOIN action AS last ON last.id = (
       SELECT max(action_id) FROM event AS later WHERE later.object_id = event.object_id AND later.concept_id = event.concept_id AND later.subject = 'term')
     WHERE event.object_id = ? AND event.action_id >= ? AND event.subject = 'term' GROUP BY concept_id`
  ).all(id, firstAction)
  return {
    id,
    number: object?.number ?? null,
    files: filesOf(connection, id),
    changes: events
      .flatMap((event) => changeOf(connection, id, event) ?? [])
      .sort((a, b) => facets.indexOf(a.facet) - facets.indexOf(b.facet) || (a.when < b.when ? -1 : 1)),
    accepted: statement<[number], { facet: Facet; key: TermKey }>(
      connection,
      `SELECT annotation.facet, key FROM annotation JOIN term ON term.id = term_id WHERE object_id = ? AND state = 'accepted' ORDER BY action_id, term.id`
    ).all(id)
  }
}

/** How a term changed between then and now; null if it did not, or was accepted at neither time. */
function changeOf(connection: Connection, objectId: number, event: FirstEvent): StoredTermChange | null {
  const before = accepted(JSON.parse(event.before) as TermValue | null)
  const now = accepted(readTerm(connection, objectId, event.conceptId))
  const value = now ?? before
  if (value === null) return null
  const { facet, who, when } = event
  const same = { facet, key: keyOf(connection, value.termId), certainty: value.certainty, who, when }
  if (before === null) return { ...same, change: 'added' }
  if (now === null) return { ...same, change: 'removed' }
  return before.certainty === now.certainty && before.termId === now.termId ? null : { ...same, change: 'changed' }
}

const accepted = (value: TermValue | null): TermValue | null => (value?.state === 'accepted' ? value : null)

function keyOf(connection: Connection, termId: number): TermKey {
  return statement<[number], { key: TermKey }>(connection, 'SELECT key FROM term WHERE id = ?').get(termId)?.key ?? ''
}

function filesOf(connection: Connection, objectId: number): string[] {
  const rows = statement<[number], { path: string }>(
    connection,
    'SELECT min(path) AS path FROM image JOIN location ON image_id = image.id WHERE object_id = ? GROUP BY image.id ORDER BY position, image.id'
  ).all(objectId)
  return rows.map(({ path }) => posix.basename(path.replaceAll('\\', '/')))
}

/** When the last export of the whole catalogue, or of all its changes, began; null if there was none. */
function lastExportAt(connection: Connection): string | null {
  const row = statement<[], { at: string | null }>(
    connection,
    `SELECT max(started_at) AS at FROM job WHERE kind = 'export' AND state = 'done' AND options ->> 'objectIds' IS NULL
       AND options ->> 'format' IN ('csv', 'csv-long', 'eufcc', 'lido', 'xmp', 'edm', 'linked-art', 'iiif', 'changes')`
  ).get()
  return row?.at ?? null
}

export const changesReads = { changedObjects, lastExportAt }
