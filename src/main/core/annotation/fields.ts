import { AppError } from '../../../shared/errors.ts'
import type { Field, FieldChange, NewField, ObjectField } from '../../../shared/model/field.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

interface FieldRow extends Omit<Field, 'shown' | 'choices'> {
  readonly shown: number
  readonly choices: string
}

const columns = 'id, kind, name, meaning, shown, choices'

/** All fields of the catalogue in the order that the person set. */
export function fields(connection: Connection): Field[] {
  return statement<[], FieldRow>(connection, `SELECT ${columns} FROM field ORDER BY position, id`).all().map(fromRow)
}

/** @throws AppError `field.notFound` */
export function fieldOf(connection: Connection, id: number): Field {
  const row = statement<[number], FieldRow>(connection, `SELECT ${columns} FROM field WHERE id = ?`).get(id)
  if (row === undefined) throw new AppError('field.notFound', { id })
  return fromRow(row)
}

function fromRow({ shown, choices, ...row }: FieldRow): Field {
  return { ...row, shown: shown === 1, choices: JSON.parse(choices) as string[] }
}

interface ObjectFieldRow extends Omit<ObjectField, 'choices' | 'value'> {
  readonly choices: string
  readonly value: string | null
}

/** The shown fields of an object in their order; a linked field only if its cell in the object's inventory row is filled. */
export function fieldsOfObject(connection: Connection, objectId: number): ObjectField[] {
  const rows = statement<[number, number], ObjectFieldRow>(
    connection,
    `SELECT field.id AS fieldId, kind, name, meaning, choices, coalesce(cell.value, own.value) AS value, own.author, own.at
     FROM field
     LEFT JOIN field_value AS own ON own.field_id = field.id AND own.object_id = ?
     LEFT JOIN (SELECT cell.key, cell.value FROM object_row JOIN inventory_row ON inventory_row.id = row_id, json_each(cells) AS cell
                WHERE object_id = ?) AS cell ON kind = 'linked' AND cell.key = field.name
     WHERE shown = 1 AND (kind <> 'linked' OR cell.value IS NOT NULL) ORDER BY position, field.id`
  ).all(objectId, objectId)
  return rows.map(({ choices, value, ...row }) => ({ ...row, choices: JSON.parse(choices) as string[], value: value ?? '' }))
}

/** Adds a field for people to fill in, as the last one. @throws AppError `field.exists` */
export function addField(connection: Connection, { kind, name, meaning = 'other', choices = [] }: NewField): Field[] {
  expectFreeName(connection, name, null)
  statement(
    connection,
    `INSERT INTO field (kind, name, meaning, choices, position) VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM field))`
  ).run(kind, name, meaning, JSON.stringify(choices))
  return fields(connection)
}

/** Changes the name, meaning and choices of a field, and whether it is shown. Its values stay as they are. @throws AppError `field.exists`, `field.notFound` */
export function changeField(connection: Connection, change: FieldChange): Field[] {
  const before = fieldOf(connection, change.id)
  const name = before.kind === 'linked' ? before.name : (change.name ?? before.name)
  if (name !== before.name) expectFreeName(connection, name, change.id)
  const { meaning = before.meaning, shown = before.shown, choices = before.choices } = change
  statement(connection, 'UPDATE field SET name = ?, meaning = ?, shown = ?, choices = ? WHERE id = ?').run(
    name,
    meaning,
    shown ? 1 : 0,
    JSON.stringify(choices),
    change.id
  )
  return fields(connection)
}

/** Sets the order of fields; those that are not given follow after them. */
export function orderFields(connection: Connection, ids: readonly number[]): Field[] {
  const rest = fields(connection).filter(({ id }) => !ids.includes(id))
  const place = statement<[number, number]>(connection, 'UPDATE field SET position = ? WHERE id = ?')
  for (const [index, id] of [...ids, ...rest.map(({ id }) => id)].entries()) place.run(index + 1, id)
  return fields(connection)
}

function expectFreeName(connection: Connection, name: string, own: number | null): void {
  const taken = fields(connection).some((field) => field.id !== own && field.name.toLowerCase() === name.toLowerCase())
  if (taken) throw new AppError('field.exists', { name })
}
