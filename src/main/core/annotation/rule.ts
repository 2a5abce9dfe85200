import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { AcceptRule } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action } from './action.ts'
import { combineSuggestions, type Ranked, type ScoredConcept } from './suggestions.ts'

/** A rule, and who lets it run and why. */
export interface RuleInput {
  readonly rule: AcceptRule
  readonly author: string
  readonly at: string
}

/**
 * Accepts suggestions in bulk as one recorded, undoable action. Terms that were decided before (accepted, rejected or
 * doubted) stay as they are, and facets that were decided are left alone. The action is recorded even when it changes
 * nothing, so that the history tells that the rule was run.
 */
export function acceptRule(
  connection: Connection,
  { rule, author, at }: RuleInput
): { actionId: number; changes: number; objects: number } {
  const { top, minProbability, reason } = rule
  const data = { state: 'accepted', reason, ...(top === null ? {} : { top }), ...(minProbability === null ? {} : { minProbability }) }
  const action = new Action(connection, { kind: 'rule', author, at, objectId: null, data })
  const actionId = action.id()
  const objects = statement<[], { id: number; runId: number }>(
    connection,
    `SELECT id, suggested_run_id AS runId FROM object WHERE suggested_run_id IS NOT NULL AND status <> 'closed' ORDER BY id`
  ).all()
  const scoresOf = scoreReader(connection)
  const decidedTerms = statement<[number], { conceptId: number }>(
    connection,
    'SELECT concept_id AS conceptId FROM annotation WHERE object_id = ?'
  )
  const decidedFacets = statement<[number], { facet: Facet }>(connection, 'SELECT facet FROM facet_state WHERE object_id = ?')
  const passes = ({ rank, probability }: Ranked<ScoredConcept>): boolean =>
    top === null ? probability >= (minProbability ?? 1) : rank <= top
  for (const { id: objectId, runId } of objects) {
    const suggestions = combineSuggestions(scoresOf(objectId, runId))
    const done = new Set(decidedTerms.all(objectId).map(({ conceptId }) => conceptId))
    const closed = new Set(decidedFacets.all(objectId).map(({ facet }) => facet))
    for (const facet of facets) {
      if (closed.has(facet)) continue
      for (const { conceptId, termId, rank, probability } of suggestions[facet].filter(passes)) {
        if (done.has(conceptId)) continue
        action.setTerm(objectId, facet, conceptId, null, {
          termId,
          facet,
          state: 'accepted',
          certainty: 'certain',
          author,
          at,
          by: 'rule',
          runId,
          rank,
          probability,
          actionId
        })
      }
    }
  }
  const done = action.finish()
  return { actionId, changes: done?.changes ?? 0, objects: done?.objectIds.length ?? 0 }
}

/**
 * Reads what a run says about an object, for thousands of objects: without what only the screen needs, and with the
 * concepts of all terms in memory instead of a look-up for each of the forty rows.
 */
function scoreReader(connection: Connection): (objectId: number, runId: number) => ScoredConcept[] {
  const terms = statement<[], { id: number; conceptId: number }>(connection, 'SELECT id, concept_id AS conceptId FROM term').all()
  const concepts = new Map(terms.map(({ id, conceptId }) => [id, conceptId]))
  const rows = statement<[number, number], Omit<ScoredConcept, 'conceptId'>>(
    connection,
    `SELECT facet, term_id AS termId, score, probability
     FROM image CROSS JOIN prediction ON prediction.image_id = image.id WHERE image.object_id = ? AND prediction.run_id = ?`
  )
  return (objectId, runId) => rows.all(objectId, runId).map((row) => ({ ...row, conceptId: concepts.get(row.termId) ?? row.termId }))
}
