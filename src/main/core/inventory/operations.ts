import { basename } from 'node:path'
import { foldText } from '../../../shared/domain/fold.ts'
import type { FieldMeaning } from '../../../shared/model/field.ts'
import type { LinkedInventory } from '../../../shared/model/inventory.ts'
import { Action, openAction } from '../annotation/action.ts'
import { objectLabel } from '../annotation/cards.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import type { FullLinkOptions, ObjectToLink, RowChange } from './plan.ts'

/** Every object with its number and the row that belongs to it, in the order of ids. */
function objectsToLink(connection: Connection): ObjectToLink[] {
  return statement<[], Omit<ObjectToLink, 'label'> & { path: string | null }>(
    connection,
    `SELECT object.id, inventory_number AS number, cells,
       CASE WHEN inventory_number IS NULL THEN
         (SELECT path FROM image JOIN location ON image_id = image.id WHERE object_id = object.id ORDER BY position, image.id LIMIT 1) END AS path
     FROM object LEFT JOIN object_row ON object_row.object_id = object.id LEFT JOIN inventory_row ON inventory_row.id = row_id
     ORDER BY object.id`
  )
    .all()
    .map(({ path, ...object }) => ({ ...object, label: objectLabel(object.id, object.number, path) }))
}

/** The inventory that is linked now, as it was read; null if none is. */
function linkedInventory(connection: Connection): (Omit<LinkedInventory, 'changed'> & { sha256: string }) | null {
  const row = statement<[], Omit<LinkedInventory, 'changed' | 'rules' | 'linked'> & { rules: string; sha256: string }>(
    connection,
    `SELECT file, sheet, sha256, number_column AS number, rules, rows, action.author, action.at
     FROM inventory JOIN action ON action.id = action_id WHERE undone_by IS NULL ORDER BY inventory.id DESC LIMIT 1`
  ).get()
  if (row === undefined) return null
  const linked = statement<[], { n: number }>(connection, 'SELECT count(*) AS n FROM object_row').get()?.n ?? 0
  return { ...row, linked, rules: JSON.parse(row.rules) as LinkedInventory['rules'] }
}

/** What to link, and by whom. */
export interface LinkBegin {
  readonly options: FullLinkOptions
  readonly columns: readonly string[]
  readonly rows: number
  readonly sha256: string
  readonly author: string
  readonly at: string
}

/** Begins to link an inventory: one action, undone in one step. Every new column becomes a field. */
function beginLink(
  connection: Connection,
  { options, columns, rows, sha256, author, at }: LinkBegin
): { actionId: number; inventoryId: number } {
  const { file, sheet, number, rules } = options
  const action = new Action(connection, { kind: 'link', author, at, objectId: null, data: { field: basename(file) } })
  action.pause(0)
  const { lastInsertRowid } = statement(
    connection,
    'INSERT INTO inventory (file, sheet, sha256, number_column, rules, columns, rows, action_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
  ).run(file, sheet, sha256, number, JSON.stringify(rules), JSON.stringify(columns), rows, action.id())
  const field = statement(
    connection,
    `INSERT OR IGNORE INTO field (kind, name, meaning, shown, position)
     VALUES ('linked', ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM field))`
  )
  const known = new Set<FieldMeaning>()
  for (const column of columns) {
    const likely = column === number ? 'other' : likelyMeaning(column)
    field.run(column, known.has(likely) ? 'other' : likely, column === number ? 0 : 1)
    known.add(likely)
  }
  return { actionId: action.id(), inventoryId: Number(lastInsertRowid) }
}

/** Gives objects their rows; to be called with the next ones in the order of ids. */
function linkSlice(
  connection: Connection,
  { actionId, inventoryId, changes }: { actionId: number; inventoryId: number; changes: readonly RowChange[] }
): void {
  const { action } = openAction(connection, actionId)
  const add = statement(connection, 'INSERT INTO inventory_row (inventory_id, number, cells) VALUES (?, ?, ?)')
  for (const { objectId, number, cells } of changes)
    action.setRow(objectId, cells === null ? null : Number(add.run(inventoryId, number, cells).lastInsertRowid))
  action.pause(changes.at(-1)?.objectId ?? 0)
}

/** Names of columns that have a meaning for exports, in Catalan, Spanish, English and French. */
const meanings: readonly [FieldMeaning, RegExp][] = [
  ['title', /^(titol|titulo|title|titre|nom|nombre|name|denominacio|denominacion)\b/],
  ['dating', /^(data|datacio|fecha|datacion|date|dating|cronologia|chronology|epoca|segle|periode|period)\b/],
  ['maker', /^(autor|autoria|artista|fabricant|maker|artist|creator|author|auteur|productor)\b/],
  ['measurements', /^(mides|mesures|dimensions|dimensio|medidas|measurements|size)\b/],
  ['location', /^(ubicacio|ubicacion|localitzacio|location|sala|emplacement|magatzem)\b/],
  ['description', /^(descripcio|descripcion|description)\b/]
]

function likelyMeaning(column: string): FieldMeaning {
  const name = foldText(column)
  return meanings.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other'
}

export const inventoryReads = { objectsToLink, linkedInventory }
export const inventoryWrites = { beginLink, linkSlice }
