import { AppError } from '../../../shared/errors.ts'
import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { AcceptRule } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { Action, openAction } from './action.ts'
import { createSliceLimit, sliceObjects, type SliceResult } from './slice.ts'
import { combineSuggestions, type Ranked, type ScoredConcept } from './suggestions.ts'

/** A rule with its author and time. */
export interface RuleInput {
  readonly rule: AcceptRule
  readonly author: string
  readonly at: string
}

/**
 * Starts the action of a rule that accepts suggestions in bulk. It is recorded even if it changes nothing, so that the history
 * shows that the rule was run. Returns the action's id; `acceptSlice` does the work, `finishAction` ends it.
 */
export function beginRule(connection: Connection, { rule, author, at }: RuleInput): number {
  const { top, minProbability, reason } = rule
  const data = { state: 'accepted', reason, ...(top === null ? {} : { top }), ...(minProbability === null ? {} : { minProbability }) }
  const action = new Action(connection, { kind: 'rule', author, at, objectId: null, data })
  const id = action.id()
  action.pause(0)
  return id
}

/** How many objects a rule still has to look at. */
export function ruleObjects(connection: Connection, actionId: number): number {
  const { data } = openAction(connection, actionId)
  const sql = `SELECT count(*) AS count FROM object WHERE id > ? AND suggested_run_id IS NOT NULL AND status <> 'closed'`
  return statement<[number], { count: number }>(connection, sql).get(data.upTo ?? Number.MAX_SAFE_INTEGER)?.count ?? 0
}

/**
 * Accepts suggestions of the next objects, as many as fit into a slice. Terms and facets that are already decided do not change.
 * Throws `annotation.ruleTakenBack` if the rule has been undone since.
 */
export function acceptSlice(connection: Connection, actionId: number): SliceResult {
  const { action, data, author, at } = openAction(connection, actionId)
  if (isReversed(connection, actionId)) throw new AppError('annotation.ruleTakenBack')
  if (data.upTo === undefined) return { processed: 0, done: true }
  const objects = statement<[number], { id: number; runId: number }>(
    connection,
    `SELECT id, suggested_run_id AS runId FROM object WHERE id > ? AND suggested_run_id IS NOT NULL AND status <> 'closed'
     ORDER BY id LIMIT ${sliceObjects}`
  ).all(data.upTo)
  const scoresOf = scoreReader(connection)
  const { top = null, minProbability = 1 } = data
  const passes = ({ rank, probability }: Ranked<ScoredConcept>): boolean => (top === null ? probability >= minProbability : rank <= top)
  const hasRoom = createSliceLimit()
  let processed = 0
  for (const { id: objectId, runId } of objects) {
    if (!hasRoom(processed)) break
    acceptFor(connection, action, { objectId, runId, author, at }, scoresOf(objectId, runId), passes)
    processed++
  }
  action.pause(objects[processed - 1]?.id ?? data.upTo)
  return { processed, done: processed === objects.length && objects.length < sliceObjects }
}

interface AcceptedObject {
  readonly objectId: number
  readonly runId: number
  readonly author: string
  readonly at: string
}

function acceptFor(
  connection: Connection,
  action: Action,
  { objectId, runId, author, at }: AcceptedObject,
  scores: readonly ScoredConcept[],
  passes: (suggestion: Ranked<ScoredConcept>) => boolean
): void {
  const decidedTerms = statement<[number], { conceptId: number }>(
    connection,
    'SELECT concept_id AS conceptId FROM annotation WHERE object_id = ?'
  )
  const decidedFacets = statement<[number], { facet: Facet }>(connection, 'SELECT facet FROM facet_state WHERE object_id = ?')
  const suggestions = combineSuggestions(scores)
  const done = new Set(decidedTerms.all(objectId).map(({ conceptId }) => conceptId))
  const closed = new Set(decidedFacets.all(objectId).map(({ facet }) => facet))
  for (const facet of facets.filter((each) => !closed.has(each))) {
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
        actionId: action.id()
      })
    }
  }
}

/** Whether somebody has begun to take an action back. */
export function isReversed(connection: Connection, actionId: number): boolean {
  return statement<[number], { id: number }>(connection, 'SELECT id FROM action WHERE reverses = ? LIMIT 1').get(actionId) !== undefined
}

/**
 * Reads a run's scores for thousands of objects: without the columns that only the screen needs, and with the concepts of all terms
 * in memory instead of one lookup per row.
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
