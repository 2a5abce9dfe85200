import { posix } from 'node:path'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** Object ids by name; 'several' if a name belongs to more than one. */
type Names = Map<string, number | 'several'>

/**
 * The object that each row means, null if there is none or a name fits several. A row's names are tried in turn: as the name
 * of a file, as a file name without its extension, and as an inventory number.
 */
export function objectsOfNames(connection: Connection, rows: readonly (readonly string[])[]): (number | null)[] {
  const [files, stems, numbers]: [Names, Names, Names] = [new Map(), new Map(), new Map()]
  const locations = statement<[], { objectId: number; path: string }>(
    connection,
    'SELECT image.object_id AS objectId, location.path FROM location JOIN image ON image.id = location.image_id'
  )
  for (const { objectId, path } of locations.iterate()) {
    const name = baseName(path)
    note(files, name, objectId)
    note(stems, posix.parse(name).name, objectId)
  }
  const objects = statement<[], { id: number; number: string }>(
    connection,
    'SELECT id, inventory_number AS number FROM object WHERE inventory_number IS NOT NULL'
  )
  for (const { id, number } of objects.iterate()) note(numbers, number, id)
  return rows.map((names) => {
    for (const name of names) {
      for (const found of [files.get(baseName(name)), stems.get(baseName(name)), numbers.get(name)]) {
        if (typeof found === 'number') return found
      }
    }
    return null
  })
}

function baseName(path: string): string {
  return posix.basename(path.replaceAll('\\', '/'))
}

function note(names: Names, name: string, objectId: number): void {
  const known = names.get(name)
  names.set(name, known === undefined || known === objectId ? objectId : 'several')
}
