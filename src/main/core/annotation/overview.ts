import type { ObjectStatus } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** What a list of catalogues shows for each. */
export interface Overview {
  readonly objects: number
  readonly closed: number
  /** SHA-256 of the first image of each of the first four objects, in the order of their numbers. */
  readonly pictures: string[]
}

/** Counts and first pictures of the whole catalogue. */
export function overview(connection: Connection): Overview {
  const counts = statement<[], { status: ObjectStatus; n: number }>(
    connection,
    'SELECT status, count(*) AS n FROM object GROUP BY status'
  ).all()
  const pictures = statement<[], { sha256: string }>(
    connection,
    `SELECT (SELECT sha256 FROM image WHERE object_id = object.id ORDER BY position, id LIMIT 1) AS sha256
     FROM object WHERE EXISTS (SELECT 1 FROM image WHERE object_id = object.id)
     ORDER BY number_key, id LIMIT 4`
  ).all()
  return {
    objects: counts.reduce((sum, { n }) => sum + n, 0),
    closed: counts.find(({ status }) => status === 'closed')?.n ?? 0,
    pictures: pictures.map(({ sha256 }) => sha256)
  }
}
