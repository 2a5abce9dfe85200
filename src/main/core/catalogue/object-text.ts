import { posix } from 'node:path'
import type { ImageMetadata } from '../../../shared/model/record.ts'
import { numberKey, searchText } from '../../../shared/domain/object-text.ts'
import type { Connection } from './operation.ts'
import { statement } from './statement.ts'

/** Updates what is derived from an object's number and files: its sort key, and the text that the filter searches. */
export function refreshObjectText(connection: Connection, objectId: number): void {
  const inventoryNumber =
    statement<[number], { number: string | null }>(connection, 'SELECT inventory_number AS number FROM object WHERE id = ?').get(objectId)
      ?.number ?? null
  const files = statement<[number], { metadata: string; paths: string }>(
    connection,
    `SELECT metadata, json_group_array(location.path) AS paths
     FROM image LEFT JOIN location ON location.image_id = image.id WHERE object_id = ? GROUP BY image.id ORDER BY position, image.id`
  )
    .all(objectId)
    .map(({ metadata, paths }) => ({
      keywords: (JSON.parse(metadata) as ImageMetadata).keywords,
      names: (JSON.parse(paths) as (string | null)[]).flatMap((path) => (path === null ? [] : [posix.basename(path)]))
    }))
  const fileNames = [...new Set(files.flatMap(({ names }) => names))]
  const keywords = [...new Set(files.flatMap((file) => file.keywords))]
  statement(connection, 'UPDATE object SET number_key = ?, search_text = ? WHERE id = ?').run(
    numberKey(inventoryNumber ?? fileNames[0] ?? ''),
    searchText({ inventoryNumber, fileNames, keywords }),
    objectId
  )
}
