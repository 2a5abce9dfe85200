import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { absolutePaths } from './locations.ts'

/** An object of the catalogue whose number the names of an import give too. */
export interface NumberedObject {
  readonly number: string
  readonly id: number
  /** Its first picture, null for an object without any. */
  readonly sha256: string | null
  readonly images: number
  /** Where its pictures lie, as absolute paths. */
  readonly paths: readonly string[]
}

export const numberedObjectReads = {
  /** The objects that have one of these numbers. */
  numberedObjects(connection: Connection, numbers: readonly string[]): NumberedObject[] {
    const find = statement<[string], { id: number; number: string; images: number; sha256: string | null }>(
      connection,
      `SELECT object.id, inventory_number AS number,
         (SELECT count(*) FROM image WHERE object_id = object.id) AS images,
         (SELECT sha256 FROM image WHERE object_id = object.id ORDER BY position, id LIMIT 1) AS sha256
       FROM object WHERE inventory_number = ?`
    )
    return numbers.flatMap((number) => find.all(number)).map((object) => ({ ...object, paths: absolutePaths(connection, object.id) }))
  }
}
