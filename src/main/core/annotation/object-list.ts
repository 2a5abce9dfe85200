import type { ObjectFilter, ObjectOrder, ObjectStatus } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { objectsMeeting, orderByField } from './field-filter.ts'

/** A folded word of the text filter, with the concepts that have it in a label (labels come from the vocabulary). */
export interface FilterWord {
  readonly text: string
  readonly conceptIds: readonly number[]
}

/** The filter of the contact sheet, as a database query: an object must contain every word, in a text or an accepted term. */
export interface ObjectQuery extends Omit<ObjectFilter, 'text'> {
  readonly words: readonly FilterWord[]
  readonly order: ObjectOrder
}

/** Ids of all matching objects, in order, and how many objects of each status match the rest of the filter. */
export interface ObjectList {
  readonly ids: number[]
  readonly statusCounts: Record<ObjectStatus, number>
}

interface ObjectRow {
  readonly id: number
  readonly status: ObjectStatus
  readonly flagged: number
  readonly suggested: number
  readonly text: string
}

/** By uncertainty, objects without suggestions come last, and equal ones are ordered by number. */
const orders: Record<Exclude<ObjectOrder, `field:${number}`>, string> = {
  number: 'number_key, id',
  imported: 'id',
  // The order of numbers until learning has put first what represents most others (adaptation/learning.ts).
  workList: 'number_key, id',
  uncertainty: 'uncertainty DESC NULLS LAST, number_key, id'
}

/** The number of the field that an order names; null for the orders of the objects themselves. */
function fieldOfOrder(order: ObjectOrder): number | null {
  return order.startsWith('field:') ? Number(order.slice('field:'.length)) : null
}

export function objectIds(
  connection: Connection,
  { words, order, status, flagged, suggested, missing, fields = [] }: ObjectQuery
): ObjectList {
  const orderField = fieldOfOrder(order)
  const sql = orders[orderField === null ? (order as keyof typeof orders) : 'number']
  const text = words.length === 0 ? `''` : `search_text || char(10) || field_text`
  const rows = statement<[], ObjectRow>(
    connection,
    `SELECT id, status, flagged, suggested_run_id IS NOT NULL AS suggested, ${text} AS text FROM object ORDER BY ${sql}`
  ).all()
  const named = words.map(({ conceptIds }) => objectsWithAccepted(connection, conceptIds))
  const meeting = fields.map((condition) => objectsMeeting(connection, condition))
  const lacking = missing === undefined ? null : objectsWithMissing(connection)
  const list: ObjectList = { ids: [], statusCounts: { new: 0, inWork: 0, closed: 0 } }
  for (const row of rows) {
    if (flagged !== null && flagged !== (row.flagged === 1)) continue
    if (suggested !== null && suggested !== (row.suggested === 1)) continue
    if (lacking !== null && lacking.has(row.id) !== missing) continue
    if (!words.every((word, index) => row.text.includes(word.text) || named[index]?.has(row.id))) continue
    if (!meeting.every((meets) => meets(row.id))) continue
    list.statusCounts[row.status]++
    if (status.length === 0 || status.includes(row.status)) list.ids.push(row.id)
  }
  return orderField === null ? list : { ...list, ids: orderByField(connection, orderField, list.ids) }
}

/** Objects with an image whose original was not found. */
function objectsWithMissing(connection: Connection): Set<number> {
  const rows = statement<[], { id: number }>(connection, 'SELECT object_id AS id FROM image WHERE missing = 1').all()
  return new Set(rows.map(({ id }) => id))
}

function objectsWithAccepted(connection: Connection, conceptIds: readonly number[]): Set<number> {
  if (conceptIds.length === 0) return new Set()
  const ids = statement<[string], { id: number }>(
    connection,
    `SELECT object_id AS id FROM annotation WHERE state = 'accepted' AND concept_id IN (SELECT value FROM json_each(?))`
  ).all(JSON.stringify(conceptIds))
  return new Set(ids.map(({ id }) => id))
}

/** Keys of all terms whose concept is accepted somewhere: those that a text filter can find. */
export function acceptedTerms(connection: Connection): { key: TermKey; conceptId: number }[] {
  return statement<[], { key: TermKey; conceptId: number }>(
    connection,
    `SELECT key, concept_id AS conceptId FROM term
     WHERE EXISTS (SELECT 1 FROM annotation WHERE annotation.concept_id = term.concept_id AND state = 'accepted')`
  ).all()
}
