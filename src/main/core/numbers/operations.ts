/** What the numbering of objects reads from and writes to the catalogue. */
import { AppError } from '../../../shared/errors.ts'
import type { NumberScope } from '../../../shared/model/numbering.ts'
import { Action, openAction } from '../annotation/action.ts'
import { isReversed } from '../annotation/rule.ts'
import { createSliceLimit, sliceObjects, type SliceResult } from '../annotation/slice.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** An object as a pattern sees it: by its first file. */
export interface NumberedFile {
  readonly objectId: number
  readonly number: string | null
  /** Path of the first file below its root, separated by `/`; null for an object without files. */
  readonly path: string | null
}

/** A new number for an object. */
export interface NewNumber {
  readonly objectId: number
  readonly number: string
}

export const numberReads = {
  /** The objects of a scope in the order of their ids. */
  numberedFiles(connection: Connection, { objectIds, importJob }: NumberScope): NumberedFile[] {
    return statement<{ ids: string | null; job: number | null }, NumberedFile>(
      connection,
      `SELECT object.id AS objectId, inventory_number AS number,
         (SELECT replace(location.path, char(92), '/') FROM image JOIN location ON location.image_id = image.id
          WHERE image.object_id = object.id ORDER BY image.position, image.id, location.root_id, location.path LIMIT 1) AS path
       FROM object
       WHERE (@ids IS NULL OR object.id IN (SELECT value FROM json_each(@ids)))
         AND (@job IS NULL OR object.id IN (SELECT object_id FROM job_item WHERE job_id = @job AND state = 'taken'))
       ORDER BY object.id`
    ).all({ ids: objectIds === null ? null : JSON.stringify(objectIds), job: importJob })
  },
  /** Every number of the catalogue with its objects, by number. */
  numbersInUse(connection: Connection): { number: string; objectId: number }[] {
    return statement<[], { number: string; objectId: number }>(
      connection,
      'SELECT inventory_number AS number, id AS objectId FROM object WHERE inventory_number IS NOT NULL'
    ).all()
  }
}

export const numberWrites = {
  /** Begins the action that numbers objects. Its id; `numberSlice` does the work, `finishAction` ends it. */
  beginRenumber(connection: Connection, { pattern, author, at }: { pattern: string; author: string; at: string }): number {
    const action = new Action(connection, { kind: 'renumber', author, at, objectId: null, data: { state: pattern } })
    const id = action.id()
    action.pause(0)
    return id
  },
  /** Numbers the first of these objects (in the order of their ids), as many as fit into a slice. */
  numberSlice(connection: Connection, { actionId, numbers }: { actionId: number; numbers: readonly NewNumber[] }): SliceResult {
    const { action, data } = openAction(connection, actionId)
    if (data.upTo === undefined || isReversed(connection, actionId)) throw new AppError('annotation.ruleTakenBack')
    const hasRoom = createSliceLimit()
    let processed = 0
    for (const { objectId, number } of numbers.slice(0, sliceObjects)) {
      if (!hasRoom(processed)) break
      if (action.numberOf(objectId) !== number) action.setNumber(objectId, number)
      processed++
    }
    action.pause(numbers[processed - 1]?.objectId ?? data.upTo)
    return { processed, done: processed === numbers.length }
  }
}
