import { facets, perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { imageColumns, withOriginals, type ImageRow, type PictureRow } from '../inference/operations.ts'

/** An object and those of its pictures that are embedded. */
export interface EmbeddedObject {
  readonly objectId: number
  readonly images: readonly number[]
}

/** An object with its undecided facets. */
export interface OpenObject extends EmbeddedObject {
  readonly open: readonly Facet[]
}

/** An object whose facet is closed, with the decisions there; a term in neither list was left open or rejected. */
export interface DecidedObject extends EmbeddedObject {
  readonly accepted: readonly TermKey[]
  readonly uncertain: readonly TermKey[]
}

export interface StoredEmbedding {
  readonly imageId: number
  readonly vector: Uint8Array
}

export interface BasePrediction {
  readonly imageId: number
  readonly facet: Facet
  readonly key: TermKey
  readonly probability: number
}

/** How many pictures there are and how many of them are embedded, and the newest run of a model. */
export function learningCounts(connection: Connection, encoder: string): { images: number; embedded: number; modelRun: number } {
  const row = statement<[string], { images: number; embedded: number; modelRun: number }>(
    connection,
    `SELECT (SELECT count(*) FROM image) AS images, (SELECT count(*) FROM embedding WHERE encoder = ?) AS embedded,
       (SELECT coalesce(max(id), 0) FROM run WHERE kind = 'model') AS modelRun`
  ).get(encoder)
  return row ?? { images: 0, embedded: 0, modelRun: 0 }
}

/** A page of the pictures that are not embedded, in the order of import. */
export function picturesToEmbed(connection: Connection, input: { encoder: string; after: number; limit: number }): PictureRow[] {
  return statement<[number, string, number], ImageRow>(
    connection,
    `SELECT ${imageColumns} FROM image WHERE image.id > ?
     AND NOT EXISTS (SELECT 1 FROM embedding WHERE embedding.image_id = image.id AND encoder = ?) ORDER BY image.id LIMIT ?`
  )
    .all(input.after, input.encoder, input.limit)
    .map((row) => withOriginals(connection, row))
}

/** A value per facet that changes whenever that facet of any object is closed or reopened. */
export function closedFacets(connection: Connection): Record<Facet, string> {
  const stamps = perFacet(() => '')
  const rows = statement<[], { facet: Facet; stamp: string }>(
    connection,
    `SELECT facet, count(*) || ' ' || max(action_id) || ' ' || sum(action_id * (object_id % 1009 + 1)) AS stamp
     FROM facet_state WHERE state = 'closed' GROUP BY facet`
  ).all()
  for (const { facet, stamp } of rows) stamps[facet] = stamp
  return stamps
}

/** The objects whose facet was closed after the action `after` (0 for all), in the order of decision. */
export function decidedObjects(connection: Connection, input: { facet: Facet; encoder: string; after: number }): DecidedObject[] {
  const rows = statement<[string, number], { objectId: number }>(
    connection,
    `SELECT object_id AS objectId FROM facet_state WHERE facet = ? AND state = 'closed' AND action_id > ? ORDER BY action_id, object_id`
  ).all(input.facet, input.after)
  const terms = statement<[number, string], { key: TermKey; state: string }>(
    connection,
    `SELECT term.key, state FROM annotation JOIN term ON term.id = annotation.term_id WHERE object_id = ? AND annotation.facet = ?`
  )
  return rows.flatMap(({ objectId }) => {
    const images = embeddedImages(connection, objectId, input.encoder)
    if (images.length === 0) return []
    const own = terms.all(objectId, input.facet)
    const inState = (wanted: string): TermKey[] => own.filter(({ state }) => state === wanted).map(({ key }) => key)
    return [{ objectId, images, accepted: inState('accepted'), uncertain: inState('uncertain') }]
  })
}

export function embeddings(connection: Connection, input: { encoder: string; images: readonly number[] }): StoredEmbedding[] {
  const one = statement<[number, string], StoredEmbedding>(
    connection,
    'SELECT image_id AS imageId, vector FROM embedding WHERE image_id = ? AND encoder = ?'
  )
  return input.images.flatMap((image) => one.get(image, input.encoder) ?? [])
}

/** The suggestions of the newest model that has seen each picture, without the learned ones. */
export function basePredictions(connection: Connection, images: readonly number[]): BasePrediction[] {
  const rows = statement<[number, number], BasePrediction>(
    connection,
    `SELECT image_id AS imageId, prediction.facet, term.key, probability FROM prediction JOIN term ON term.id = prediction.term_id
     WHERE image_id = ? AND run_id = ?`
  )
  return images.flatMap((image) => {
    const run = modelRunOf(connection, image)
    return run === null ? [] : rows.all(image, run)
  })
}

/** The newest run of a model that has seen a picture. */
export function modelRunOf(connection: Connection, imageId: number): number | null {
  const row = statement<[number], { run: number | null }>(
    connection,
    `SELECT max(run_id) AS run FROM prediction JOIN run ON run.id = run_id WHERE image_id = ? AND run.kind = 'model'`
  ).get(imageId)
  return row?.run ?? null
}

/** A page of objects that have an open facet and embedded pictures, in the order of their ids. */
export function openObjects(connection: Connection, input: { encoder: string; after: number; limit: number }): OpenObject[] {
  return statement<[number, number], { objectId: number }>(
    connection,
    `SELECT id AS objectId FROM object WHERE id > ? AND status <> 'closed' ORDER BY id LIMIT ?`
  )
    .all(input.after, input.limit)
    .map(({ objectId }) => openObject(connection, { objectId, encoder: input.encoder }))
}

/** The open objects after a given one in the order of numbers, and some before it. */
export function objectsNear(
  connection: Connection,
  input: { encoder: string; objectId: number; before: number; after: number }
): OpenObject[] {
  const look = (sign: string, direction: string, limit: number): { id: number }[] =>
    statement<[number, number], { id: number }>(
      connection,
      `SELECT object.id FROM object, (SELECT number_key, id FROM object WHERE id = ?) AS here
       WHERE (object.number_key, object.id) ${sign} (here.number_key, here.id) AND object.status <> 'closed'
       ORDER BY object.number_key ${direction}, object.id ${direction} LIMIT ?`
    ).all(input.objectId, limit)
  return [...look('>=', 'ASC', input.after), ...look('<', 'DESC', input.before)]
    .map(({ id }) => openObject(connection, { objectId: id, encoder: input.encoder }))
    .filter(({ images }) => images.length > 0)
}

/** An object with its embedded pictures and its open facets. */
export function openObject(connection: Connection, { encoder, objectId }: { encoder: string; objectId: number }): OpenObject {
  const decided = statement<[number], { facet: Facet }>(connection, 'SELECT facet FROM facet_state WHERE object_id = ?')
    .all(objectId)
    .map(({ facet }) => facet)
  const open = facets.filter((facet) => !decided.includes(facet))
  return { objectId, images: embeddedImages(connection, objectId, encoder), open }
}

function embeddedImages(connection: Connection, objectId: number, encoder: string): number[] {
  return statement<[string, number], { id: number }>(
    connection,
    `SELECT image.id FROM image JOIN embedding ON embedding.image_id = image.id AND embedding.encoder = ?
     WHERE image.object_id = ? ORDER BY image.position, image.id`
  )
    .all(encoder, objectId)
    .map(({ id }) => id)
}

export function openObjectsCount(connection: Connection): number {
  return statement<[], { n: number }>(connection, `SELECT count(*) AS n FROM object WHERE status <> 'closed'`).get()?.n ?? 0
}

/** The newest action; 0 if there is none. */
export function lastAction(connection: Connection): number {
  return statement<[], { id: number | null }>(connection, 'SELECT max(id) AS id FROM action').get()?.id ?? 0
}

/** The pictures of an object that are not embedded, in the order of views. */
export function picturesOfObjectToEmbed(connection: Connection, input: { encoder: string; objectId: number }): PictureRow[] {
  return statement<[number, string], ImageRow>(
    connection,
    `SELECT ${imageColumns} FROM image WHERE image.object_id = ?
     AND NOT EXISTS (SELECT 1 FROM embedding WHERE embedding.image_id = image.id AND encoder = ?) ORDER BY image.position, image.id`
  )
    .all(input.objectId, input.encoder)
    .map((row) => withOriginals(connection, row))
}

/** The first embedded picture of each open object, in the order of numbers. */
export function firstPictures(connection: Connection, encoder: string): { objectId: number; imageId: number }[] {
  return statement<[string], { objectId: number; imageId: number }>(
    connection,
    `SELECT object.id AS objectId, (
       SELECT image.id FROM image JOIN embedding ON embedding.image_id = image.id AND embedding.encoder = ?
       WHERE image.object_id = object.id ORDER BY image.position, image.id LIMIT 1) AS imageId
     FROM object WHERE status <> 'closed' AND imageId IS NOT NULL ORDER BY number_key, object.id`
  ).all(encoder)
}
