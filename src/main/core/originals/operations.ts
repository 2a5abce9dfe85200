/** What the search for originals reads from and writes to the catalogue. */
import { AppError } from '../../../shared/errors.ts'
import { Action, openAction } from '../annotation/action.ts'
import { isReversed } from '../annotation/rule.ts'
import { createSliceLimit, sliceObjects, type SliceResult } from '../annotation/slice.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** An image's original, as it is looked for. */
export interface Original {
  readonly imageId: number
  readonly objectId: number
  readonly sha256: string
  readonly bytes: number
  readonly missing: boolean
  readonly locations: readonly { readonly root: string; readonly path: string }[]
}

/** Where a moved original was found: `path` below the folder `root`, separated by `/`. */
export interface FoundOriginal {
  readonly imageId: number
  readonly objectId: number
  readonly root: string
  readonly path: string
  readonly modified: number
}

interface ImageRow {
  readonly imageId: number
  readonly objectId: number
  readonly sha256: string
  readonly bytes: number
  readonly missing: number
}

const columns = 'id AS imageId, object_id AS objectId, sha256, bytes, missing'

function withLocations(connection: Connection, row: ImageRow): Original {
  const locations = statement<[number], { root: string; path: string }>(
    connection,
    `SELECT root.path AS root, location.path FROM location JOIN root ON root.id = root_id
     WHERE image_id = ? ORDER BY root_id, location.path`
  ).all(row.imageId)
  return { ...row, missing: row.missing === 1, locations }
}

export const originalReads = {
  /** A page of all originals in the order of their images, or those of one object. */
  originals(connection: Connection, { after, limit, objectId }: { after: number; limit: number; objectId: number | null }): Original[] {
    return statement<{ after: number; limit: number; objectId: number | null }, ImageRow>(
      connection,
      `SELECT ${columns} FROM image WHERE id > @after AND (@objectId IS NULL OR object_id = @objectId) ORDER BY id LIMIT @limit`
    )
      .all({ after, limit, objectId })
      .map((row) => withLocations(connection, row))
  },

  /** All originals that were not found when they were last looked for. */
  missingOriginals(connection: Connection): Original[] {
    return statement<[], ImageRow>(connection, `SELECT ${columns} FROM image WHERE missing = 1 ORDER BY id`)
      .all()
      .map((row) => withLocations(connection, row))
  }
}

export const originalWrites = {
  /** Stores which originals were found and which were not. */
  markOriginals(connection: Connection, marks: readonly { imageId: number; missing: boolean }[]): void {
    const mark = statement(connection, 'UPDATE image SET missing = ? WHERE id = ?')
    for (const { imageId, missing } of marks) mark.run(missing ? 1 : 0, imageId)
  },

  /** Begins the action that says where moved files lie now. Its id; `repointSlice` does the work, `finishAction` ends it. */
  beginRepoint(connection: Connection, { folder, author, at }: { folder: string; author: string; at: string }): number {
    const action = new Action(connection, { kind: 'repoint', author, at, objectId: null, data: { state: folder } })
    const id = action.id()
    action.pause(0)
    return id
  },

  /** Stores the first of these places (in the order of their objects), as many as fit into a slice. */
  repointSlice(connection: Connection, { actionId, found }: { actionId: number; found: readonly FoundOriginal[] }): SliceResult {
    const { action, data } = openAction(connection, actionId)
    if (data.upTo === undefined || isReversed(connection, actionId)) throw new AppError('annotation.ruleTakenBack')
    const hasRoom = createSliceLimit()
    let processed = 0
    for (const { imageId, objectId, root, path, modified } of found.slice(0, sliceObjects)) {
      if (!hasRoom(processed)) break
      action.setPlaces(objectId, { imageId, places: [{ root, path, modified }], missing: false })
      processed++
    }
    action.pause(found[processed - 1]?.objectId ?? data.upTo)
    return { processed, done: processed === found.length }
  }
}
