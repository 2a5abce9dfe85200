import { suggestionsPerFacet } from '../../../shared/domain/ranking.ts'
import { facets, perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** A run's scores for a term on one image of an object, as ranking needs them. */
export interface ScoredConcept {
  readonly facet: Facet
  readonly conceptId: number
  readonly termId: number
  readonly score: number
  readonly probability: number
}

/** A suggestion for an object with the key of its term. `members` is JSON: each member's own score. */
export interface StoredSuggestion extends Ranked<ScoredConcept> {
  readonly key: TermKey
  readonly members: string
}

/** With its rank within the facet, from 1. */
export type Ranked<Row> = Row & { readonly rank: number }

/** The suggestions for an object and their run; empty until a run has seen one of its images. */
export interface ObjectSuggestions {
  readonly runId: number | null
  readonly facets: Record<Facet, StoredSuggestion[]>
}

/**
 * Ranks the suggestions of a run over all images of an object. A concept counts with its highest score over images and keys, and
 * the ten best of each facet get new ranks. Equal scores are ordered by probability, then by term id.
 */
export function combineSuggestions<Row extends ScoredConcept>(rows: readonly Row[]): Record<Facet, Ranked<Row>[]> {
  const best = new Map<number, Row>()
  for (const row of rows) {
    const known = best.get(row.conceptId)
    if (known === undefined || compare(row, known) < 0) best.set(row.conceptId, row)
  }
  const combined = perFacet<Ranked<Row>[]>(() => [])
  for (const row of [...best.values()].sort(compare)) {
    const list = combined[row.facet]
    if (list.length < suggestionsPerFacet) list.push({ ...row, rank: list.length + 1 })
  }
  return combined
}

function compare(a: ScoredConcept, b: ScoredConcept): number {
  return b.score - a.score || b.probability - a.probability || a.termId - b.termId
}

/** The suggestions for an object: those of the newest run that has seen any of its images. */
export function suggestionsOf(connection: Connection, objectId: number): ObjectSuggestions {
  const object = statement<[number], { runId: number | null }>(connection, 'SELECT suggested_run_id AS runId FROM object WHERE id = ?').get(
    objectId
  )
  const runId = object?.runId ?? null
  if (runId === null) return { runId, facets: perFacet(() => []) }
  const rows = statement<[number, number], Omit<StoredSuggestion, 'rank'>>(
    connection,
    `SELECT prediction.facet, term.concept_id AS conceptId, term.id AS termId, term.key, score, probability, members
     FROM image CROSS JOIN prediction ON prediction.image_id = image.id JOIN term ON term.id = prediction.term_id
     WHERE image.object_id = ? AND prediction.run_id = ?`
  ).all(objectId, runId)
  return { runId, facets: combineSuggestions(rows) }
}

/** An object's suggestion for a concept. */
export function suggestionOfConcept(suggestions: ObjectSuggestions, conceptId: number): StoredSuggestion | undefined {
  for (const facet of facets) {
    const found = suggestions.facets[facet].find((suggestion) => suggestion.conceptId === conceptId)
    if (found !== undefined) return found
  }
  return undefined
}
