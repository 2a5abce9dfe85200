import { perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { Annotation, ImageMetadata } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { suggestionsOf } from '../annotation/suggestions.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

export interface TrainingPicture {
  readonly sha256: string
  readonly fileName: string
  readonly rights: string | null
}

/** What is known of a closed facet of an object; `open` are suggestions that nobody has decided. */
export type ClosedFacet = Record<Annotation['state'] | 'open', TermKey[]>

/** An object with what training may read of it: its closed facets and nothing of the others (docs/interface.md, "What training reads"). */
export interface TrainingObject {
  readonly id: number
  readonly pictures: TrainingPicture[]
  readonly closed: Partial<Record<Facet, ClosedFacet>>
}

interface PictureRow {
  readonly sha256: string
  readonly metadata: string
  readonly path: string | null
}

/** The next objects, by id, that have a closed facet. Open suggestions are looked up only where `withOpen` asks for them. */
function trainingPage(connection: Connection, input: { after: number; limit: number; withOpen: boolean }): TrainingObject[] {
  const rows = statement<[number, number], { id: number }>(
    connection,
    `SELECT DISTINCT object_id AS id FROM facet_state WHERE state = 'closed' AND object_id > ? ORDER BY object_id LIMIT ?`
  ).all(input.after, input.limit)
  return rows.map(({ id }) => ({ id, pictures: picturesOf(connection, id), closed: closedOf(connection, id, input.withOpen) }))
}

function picturesOf(connection: Connection, objectId: number): TrainingPicture[] {
  const rows = statement<[number], PictureRow>(
    connection,
    `SELECT sha256, metadata, (SELECT path FROM location WHERE image_id = image.id ORDER BY root_id, path LIMIT 1) AS path
     FROM image WHERE object_id = ? ORDER BY position, id`
  ).all(objectId)
  return rows.map(({ sha256, metadata, path }) => ({
    sha256,
    fileName: (path ?? '').split(/[/\\]/).at(-1) ?? '',
    rights: (JSON.parse(metadata) as ImageMetadata).rights
  }))
}

function closedOf(connection: Connection, objectId: number, withOpen: boolean): Partial<Record<Facet, ClosedFacet>> {
  const states = statement<[number], { facet: Facet }>(
    connection,
    `SELECT facet FROM facet_state WHERE object_id = ? AND state = 'closed'`
  ).all(objectId)
  const closed: Partial<Record<Facet, ClosedFacet>> = {}
  for (const { facet } of states) closed[facet] = { accepted: [], rejected: [], uncertain: [], open: [] }
  const decided = perFacet(() => new Set<number>())
  const annotations = statement<[number], { facet: Facet; key: TermKey; state: Annotation['state']; conceptId: number }>(
    connection,
    `SELECT annotation.facet, term.key, state, annotation.concept_id AS conceptId
     FROM annotation JOIN term ON term.id = annotation.term_id WHERE object_id = ? ORDER BY action_id, annotation.concept_id`
  ).all(objectId)
  for (const { facet, key, state, conceptId } of annotations) {
    decided[facet].add(conceptId)
    closed[facet]?.[state].push(key)
  }
  if (!withOpen) return closed
  for (const [facet, suggestions] of Object.entries(suggestionsOf(connection, objectId).facets)) {
    const open = closed[facet as Facet]?.open
    for (const { key, conceptId } of suggestions) if (!decided[facet as Facet].has(conceptId)) open?.push(key)
  }
  return closed
}

/** What trainings read from the catalogue. */
export const trainingReads = { trainingPage }
