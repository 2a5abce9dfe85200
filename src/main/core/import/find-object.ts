import { groupFolder, matchPattern, type Pattern } from '../../../shared/domain/pattern.ts'
import type { ErrorData } from '../../../shared/errors.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { absolutePaths, type ImportRoot } from './locations.ts'
import type { Grouping, PictureToTake } from './outcome.ts'

/** The object that a picture goes to. */
export interface TargetObject {
  /** Null for a new object. */
  readonly objectId: number | null
  /** Number of a new object. */
  readonly number: string | null
  /** A notice for the report: a number was taken, or an object of the catalogue got a view. */
  readonly notice: { readonly code: string; readonly data: ErrorData } | null
  /** Called with the object once it exists, so that the next picture finds it. */
  made(objectId: number): void
}

const forget = (): void => undefined

/**
 * Finds the object of a picture by the number in its name. Pictures of one number are views of one object inside one folder;
 * across folders only where the import says so. If the number belongs to an object of another folder, the pictures of this folder
 * share an object without a number, because two folders may use the same numbers for different things.
 */
export function objectFinder(
  connection: Connection,
  root: ImportRoot,
  grouping: Grouping | null
): (path: string, picture: PictureToTake) => TargetObject {
  const unnumbered = new Map<string, Map<string, number>>()

  return (path, { inventoryNumber: number, keepsNumber }) => {
    if (number === null || grouping === null) return { objectId: null, number: null, notice: null, made: forget }
    const { pattern, acrossFolders } = grouping
    const folder = groupFolder(pattern, path)
    const known = objectByNumber(connection, number)
    if (known !== null && (acrossFolders || liesIn(connection, known, `${root.path}/${folder}`, pattern))) {
      const notice = known > root.objectsBefore ? null : { code: 'import.joinedObject', data: { number } }
      return { objectId: known, number, notice, made: forget }
    }
    if (known === null && keepsNumber) return { objectId: null, number, notice: null, made: forget }
    let ofFolder = unnumbered.get(folder)
    if (ofFolder === undefined) unnumbered.set(folder, (ofFolder = unnumberedIn(connection, root.rootId, folder, pattern)))
    const shared = ofFolder
    return {
      objectId: shared.get(number) ?? null,
      number: null,
      notice: { code: 'import.numberElsewhere', data: { number } },
      made: (objectId) => shared.set(number, objectId)
    }
  }
}

function objectByNumber(connection: Connection, inventoryNumber: string): number | null {
  const row = statement<[string], { id: number | null }>(connection, 'SELECT min(id) AS id FROM object WHERE inventory_number = ?').get(
    inventoryNumber
  )
  return row?.id ?? null
}

/** Whether a picture of the object lies in the folder (`folder` = an absolute path), counted as the pattern counts folders. */
function liesIn(connection: Connection, objectId: number, folder: string, pattern: Pattern): boolean {
  const wanted = folder.replace(/\/$/, '')
  return absolutePaths(connection, objectId).some((path) => groupFolder(pattern, path) === wanted)
}

/** Objects without a number whose pictures lie in a folder of this root, by the number that their names give. */
function unnumberedIn(connection: Connection, rootId: number, folder: string, pattern: Pattern): Map<string, number> {
  const rows = statement<[number, string, string], { path: string; object_id: number }>(
    connection,
    `SELECT path, object_id FROM location JOIN image ON image.id = location.image_id JOIN object ON object.id = object_id
     WHERE root_id = ? AND path >= ? AND path < ? AND inventory_number IS NULL`
    // `0` follows `/` in the order of characters; every path is below the empty folder.
  ).all(rootId, folder === '' ? '' : `${folder}/`, folder === '' ? '\u{10ffff}' : `${folder}0`)
  const found = new Map<string, number>()
  for (const { path, object_id: objectId } of rows) {
    const number = groupFolder(pattern, path) === folder ? matchPattern(pattern, path)?.inventoryNumber : undefined
    if (number !== undefined) found.set(number, objectId)
  }
  return found
}
