import { posix } from 'node:path'
import { perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { Annotation, FacetRecord, FacetState, Image, ImageMetadata, ObjectRecord, Run } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { objectLabel } from './cards.ts'
import { fieldsOfObject } from './fields.ts'
import { suggestionsOf, type StoredSuggestion } from './suggestions.ts'

/** A decided term with its key; the main thread looks the term up in the vocabulary. */
export type StoredAnnotation = Omit<Annotation, 'term'> & { readonly key: TermKey }

/** A record as stored: terms are keys, and image files have not been checked for existence. */
export interface StoredRecord extends Omit<ObjectRecord, 'facets' | 'images'> {
  readonly images: (Omit<Image, 'found'> & { readonly root: string })[]
  readonly facets: Record<Facet, Omit<FacetRecord, 'suggestions' | 'annotations' | 'outside'>>
  readonly suggestions: Record<Facet, StoredSuggestion[]>
  readonly annotations: Record<Facet, StoredAnnotation[]>
}

interface ObjectRow {
  readonly inventoryNumber: string | null
  readonly status: ObjectRecord['status']
  readonly flagged: number
  readonly note: string
}

interface ImageRow {
  readonly id: number
  readonly sha256: string
  readonly format: string
  readonly bytes: number
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly view: string | null
  readonly metadata: string
  readonly root: string | null
  readonly path: string | null
}

/** Everything that is stored about an object; null if there is none of that id. */
export function storedRecord(connection: Connection, id: number): StoredRecord | null {
  const object = statement<[number], ObjectRow>(
    connection,
    'SELECT inventory_number AS inventoryNumber, status, flagged, note FROM object WHERE id = ?'
  ).get(id)
  if (object === undefined) return null
  const images = imagesOf(connection, id)
  const { runId, facets: suggestions } = suggestionsOf(connection, id)
  return {
    id,
    inventoryNumber: object.inventoryNumber,
    label: objectLabel(id, object.inventoryNumber, images[0]?.path || null),
    status: object.status,
    flagged: object.flagged === 1,
    note: object.note,
    images,
    facets: facetsOf(connection, id),
    suggestions,
    annotations: annotationsOf(connection, id),
    fields: fieldsOfObject(connection, id),
    run: runId === null ? null : runOf(connection, runId)
  }
}

/** The images of an object in order, each with the first of its known locations. */
function imagesOf(connection: Connection, objectId: number): StoredRecord['images'] {
  const rows = statement<[number], ImageRow>(
    connection,
    `SELECT image.id, sha256, format, bytes, width, height, pages, view, metadata, root.path AS root, location.path AS path
     FROM image
     LEFT JOIN location ON location.image_id = image.id AND (location.root_id, location.path) =
       (SELECT root_id, path FROM location WHERE image_id = image.id ORDER BY root_id, path LIMIT 1)
     LEFT JOIN root ON root.id = location.root_id
     WHERE object_id = ? ORDER BY position, image.id`
  ).all(objectId)
  return rows.map(({ metadata, root, path, ...image }) => ({
    ...image,
    fileName: posix.basename((path ?? '').replaceAll('\\', '/')),
    path: path ?? '',
    root: root ?? '',
    metadata: JSON.parse(metadata) as ImageMetadata
  }))
}

function facetsOf(connection: Connection, objectId: number): StoredRecord['facets'] {
  const facets: StoredRecord['facets'] = perFacet((facet) => ({ facet, state: 'open', decidedBy: null, decidedAt: null }))
  const rows = statement<[number], { facet: Facet; state: FacetState; author: string; at: string }>(
    connection,
    'SELECT facet, state, author, at FROM facet_state WHERE object_id = ?'
  ).all(objectId)
  for (const { facet, state, author, at } of rows) facets[facet] = { facet, state, decidedBy: author, decidedAt: at }
  return facets
}

interface AnnotationRow extends Omit<StoredAnnotation, 'suggested'> {
  readonly facet: Facet
  readonly runId: number | null
  readonly rank: number | null
  readonly probability: number | null
}

/** The decided terms of an object, in the order of the decisions. */
function annotationsOf(connection: Connection, objectId: number): StoredRecord['annotations'] {
  const annotations = perFacet<StoredAnnotation[]>(() => [])
  const rows = statement<[number], AnnotationRow>(
    connection,
    `SELECT term.key, annotation.facet, state, certainty, author, at, made_by AS "by", run_id AS runId, rank, probability
     FROM annotation JOIN term ON term.id = annotation.term_id WHERE object_id = ? ORDER BY action_id, annotation.concept_id`
  ).all(objectId)
  for (const { facet, runId, rank, probability, ...annotation } of rows) {
    const suggested = runId === null || rank === null || probability === null ? null : { runId, rank, probability }
    annotations[facet].push({ ...annotation, suggested })
  }
  return annotations
}

function runOf(connection: Connection, id: number): Run | null {
  const run = statement<[number], Run>(
    connection,
    `SELECT id, bundle_id AS bundleId, bundle_version AS bundleVersion, device, kind, started_at AS startedAt, finished_at AS finishedAt, images
     FROM run WHERE id = ?`
  ).get(id)
  return run ?? null
}
