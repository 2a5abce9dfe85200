import type { ImageMetadata } from '../../../shared/model/record.ts'
import { numberKey, searchText } from '../../../shared/domain/object-text.ts'
import { refreshObjectText } from '../catalogue/object-text.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { objectFinder } from './find-object.ts'
import { ensureRoot, ownRoot, putLocation, type ImportRoot } from './locations.ts'
import type { FinishedFile, Grouping, PictureToTake } from './outcome.ts'

export interface Committed {
  readonly taken: number
  readonly already: number
  readonly refused: number
  /** Files drawn before whose image the catalogue does not have: they must be examined in full. */
  readonly redraw: string[]
}

interface KnownImage {
  id: number
  object_id: number
}

/** Image and state of the file change in one transaction, so that they always agree. */
export const takeWrites = {
  commitImportFiles(
    connection: Connection,
    {
      jobId,
      root,
      grouping,
      at,
      files
    }: { jobId: number; root: ImportRoot; grouping: Grouping | null; at: string; files: readonly FinishedFile[] }
  ): Committed {
    const finish = statement(connection, 'UPDATE job_item SET state = ?, reason = ?, data = ?, object_id = ? WHERE job_id = ? AND key = ?')
    const counts = { taken: 0, already: 0, refused: 0 }
    const redraw: string[] = []
    const changed = new Set<number>()
    const findObject = objectFinder(connection, root, grouping)
    for (const { key, outcome } of files) {
      if (outcome.kind === 'refused') {
        counts.refused++
        finish.run('refused', outcome.code, JSON.stringify(outcome.data), null, jobId, key)
        continue
      }
      const path = root.prefix + key
      const known = imageBySha(connection, outcome.sha256)
      if (known !== null) {
        counts.already++
        const other = otherLocation(connection, known.id, root.rootId, path)
        putLocation(connection, { rootId: root.rootId, path, imageId: known.id, modified: outcome.modified })
        changed.add(known.object_id)
        const [reason, data] = other === null ? ['import.known', { file: key }] : ['import.sameAs', { file: key, other }]
        finish.run('already', reason, JSON.stringify(data), known.object_id, jobId, key)
      } else if (outcome.kind === 'drawn') redraw.push(key)
      else {
        counts.taken++
        const target = findObject(path, outcome)
        const objectId = target.objectId ?? addObject(connection, target.number, outcome.metadata, path, at)
        target.made(objectId)
        take(connection, outcome, { objectId, root, path, at })
        if (target.objectId !== null) changed.add(objectId)
        const notice = outcome.notice ?? target.notice
        const data = notice === null ? {} : { ...notice.data, file: key }
        finish.run('taken', notice?.code ?? null, JSON.stringify(data), objectId, jobId, key)
      }
    }
    for (const objectId of changed) refresh(connection, objectId)
    return { ...counts, redraw }
  }
}

function imageBySha(connection: Connection, sha256: string): KnownImage | null {
  return statement<[string], KnownImage>(connection, 'SELECT id, object_id FROM image WHERE sha256 = ?').get(sha256) ?? null
}

/** Another location of an image, for display; null if this is its only one. */
function otherLocation(connection: Connection, imageId: number, rootId: number, path: string): string | null {
  const row = statement<[number, number, string], { path: string }>(
    connection,
    'SELECT path FROM location WHERE image_id = ? AND NOT (root_id = ? AND path = ?) ORDER BY root_id, path LIMIT 1'
  ).get(imageId, rootId, path)
  return row?.path ?? null
}

/** Adds an image with its locations to an object. */
function take(
  connection: Connection,
  picture: PictureToTake,
  location: { objectId: number; root: ImportRoot; path: string; at: string }
): void {
  const { lastInsertRowid } = statement(
    connection,
    `INSERT INTO image (object_id, sha256, format, bytes, width, height, pages, orientation, view, metadata, imported_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  ).run(
    location.objectId,
    picture.sha256,
    picture.format,
    picture.bytes,
    picture.width,
    picture.height,
    picture.pages,
    picture.orientation,
    picture.view,
    JSON.stringify(picture.metadata),
    location.at
  )
  const imageId = Number(lastInsertRowid)
  putLocation(connection, { rootId: location.root.rootId, path: location.path, imageId, modified: picture.modified })
  if (picture.copiedTo === null) return
  const own = ensureRoot(connection, ownRoot)
  const path = picture.copiedTo.slice(ownRoot.length + 1)
  putLocation(connection, { rootId: own.rootId, path, imageId, modified: picture.modified })
}

function addObject(connection: Connection, inventoryNumber: string | null, metadata: ImageMetadata, path: string, at: string): number {
  const name = fileName(path)
  const text = searchText({ inventoryNumber, fileNames: [name], keywords: metadata.keywords })
  const { lastInsertRowid } = statement(
    connection,
    'INSERT INTO object (inventory_number, number_key, search_text, created_at) VALUES (?, ?, ?, ?)'
  ).run(inventoryNumber, numberKey(inventoryNumber ?? name), text, at)
  return Number(lastInsertRowid)
}

/** Sorts an object's views and updates the text that the filter searches. */
function refresh(connection: Connection, objectId: number): void {
  const images = statement<[number], { id: number; view: string | null; position: number; paths: string }>(
    connection,
    `SELECT image.id, view, position, json_group_array(location.path) AS paths
     FROM image LEFT JOIN location ON location.image_id = image.id WHERE object_id = ? GROUP BY image.id`
  )
    .all(objectId)
    .map((image) => ({ ...image, names: (JSON.parse(image.paths) as (string | null)[]).filter((path) => path !== null).map(fileName) }))
    .map((image) => ({ ...image, order: `${numberKey(image.view ?? '')}\n${numberKey(image.names[0] ?? '')}` }))
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id - b.id))
  const move = statement(connection, 'UPDATE image SET position = ? WHERE id = ?')
  images.forEach((image, position) => {
    if (image.position !== position) move.run(position, image.id)
  })
  refreshObjectText(connection, objectId)
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
