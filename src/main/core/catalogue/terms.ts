import type { Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from './operation.ts'
import { statement } from './statement.ts'

/** A term as stored: its key, facet and AAT id, if it has one. Labels belong to the vocabulary. */
export interface TermReference {
  readonly key: TermKey
  readonly facet: Facet
  readonly aatId: string | null
}

/** Ids of a term's row and of its concept's row: the first known key with the same AAT id in the facet. */
export interface TermIds {
  readonly id: number
  readonly conceptId: number
}

/** The ids of a term; creates its row if it is new. Call inside a write. */
export function ensureTermIds(connection: Connection, { key, facet, aatId }: TermReference): TermIds {
  const known = statement<[string], TermIds>(connection, 'SELECT id, concept_id AS conceptId FROM term WHERE key = ?').get(key)
  if (known !== undefined) return known
  const concept =
    aatId === null
      ? undefined
      : statement<[string, string], { conceptId: number }>(
          connection,
          'SELECT concept_id AS conceptId FROM term WHERE facet = ? AND aat_id = ? LIMIT 1'
        ).get(facet, aatId)
  // A new concept refers to its own row, so the row's id must be known before it is inserted; there is only one writer.
  const { next } = statement<[], { next: number }>(connection, 'SELECT coalesce(max(id), 0) + 1 AS next FROM term').get() as {
    next: number
  }
  const conceptId = concept?.conceptId ?? next
  statement(connection, 'INSERT INTO term (id, key, facet, aat_id, concept_id) VALUES (?, ?, ?, ?, ?)').run(
    next,
    key,
    facet,
    aatId,
    conceptId
  )
  return { id: next, conceptId }
}

/** The id of a term's row; creates it if it is new. Call inside a write. */
export function ensureTerm(connection: Connection, term: TermReference): number {
  return ensureTermIds(connection, term).id
}
