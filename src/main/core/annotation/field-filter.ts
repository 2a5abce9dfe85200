import { foldText } from '../../../shared/domain/fold.ts'
import { numberKey } from '../../../shared/domain/object-text.ts'
import type { FieldCondition } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { fieldOf } from './fields.ts'

/** The value of a field for each object that has one. A column of the inventory is found by its name, whatever characters that contains. */
function valuesOf(connection: Connection, fieldId: number): Map<number, string> {
  const { kind, name } = fieldOf(connection, fieldId)
  const rows =
    kind === 'linked'
      ? statement<[string], { id: number; value: string | null }>(
          connection,
          `SELECT object_id AS id, cells ->> ('$.' || json_quote(?)) AS value FROM object_row JOIN inventory_row ON inventory_row.id = row_id`
        ).all(name)
      : statement<[number], { id: number; value: string }>(
          connection,
          'SELECT object_id AS id, value FROM field_value WHERE field_id = ?'
        ).all(fieldId)
  return new Map(rows.flatMap(({ id, value }) => (value === null || value === '' ? [] : [[id, value]])))
}

/** Tells whether an object meets a condition on a field. Throws `field.notFound`. */
export function objectsMeeting(connection: Connection, { fieldId, is, text }: FieldCondition): (objectId: number) => boolean {
  const values = valuesOf(connection, fieldId)
  if (is === 'filled') return (id) => values.has(id)
  if (is === 'empty') return (id) => !values.has(id)
  const wanted = foldText(text)
  return (id) => foldText(values.get(id) ?? '').includes(wanted)
}

/** The ids sorted by a field's values, with numbers in natural order; the sort is stable, and those without a value come last. */
export function orderByField(connection: Connection, fieldId: number, ids: readonly number[]): number[] {
  const values = valuesOf(connection, fieldId)
  const keys = new Map([...values].map(([id, value]) => [id, numberKey(value)]))
  const filled = ids.filter((id) => keys.has(id))
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  filled.sort((a, b) => compare(keys.get(a) ?? '', keys.get(b) ?? ''))
  return [...filled, ...ids.filter((id) => !keys.has(id))]
}
