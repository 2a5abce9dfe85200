import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import type { PictureFormat } from './format.ts'

/** An original and the locations where it was last seen; a relative root lies in the catalogue's folder. */
export interface StoredOriginal {
  readonly format: PictureFormat
  readonly bytes: number
  readonly locations: readonly { readonly root: string; readonly path: string }[]
}

/** What the catalogue knows about picture files. */
export const mediaReads = {
  /** Null if the catalogue has no picture with this hash. */
  original(connection: Connection, sha256: string): StoredOriginal | null {
    const image = statement<[string], { id: number; format: PictureFormat; bytes: number }>(
      connection,
      'SELECT id, format, bytes FROM image WHERE sha256 = ?'
    ).get(sha256)
    if (image === undefined) return null
    const locations = statement<[number], { root: string; path: string }>(
      connection,
      `SELECT root.path AS root, location.path FROM location JOIN root ON root.id = location.root_id
       WHERE image_id = ? ORDER BY root_id, location.path`
    ).all(image.id)
    return { format: image.format, bytes: image.bytes, locations }
  }
}
