import { changesOf, type BeforeDecision, type Change } from '../../../shared/domain/decide.ts'
import { AppError } from '../../../shared/errors.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Decision } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { ensureTermIds, type TermIds, type TermReference } from '../catalogue/terms.ts'
import { objectLabel } from './cards.ts'
import { statement } from '../catalogue/statement.ts'
import { Action, type ActionData } from './action.ts'
import { fieldOf } from './fields.ts'
import { readFacet, readNumber, readObject, readOwnValue, readTerm, type TermValue } from './state.ts'
import { suggestionOfConcept, suggestionsOf, type ObjectSuggestions } from './suggestions.ts'

/** A decision with the terms it names (from the vocabulary; the database does not have them), its author and time. */
export interface DecisionInput {
  readonly decision: Decision
  readonly terms: readonly TermReference[]
  readonly author: string
  readonly at: string
}

/** Stores a decision in one step, by the same rule as the page. Null if it changes nothing; then there is no action. */
export function applyDecision(connection: Connection, input: DecisionInput): { actionId: number; changes: number } | null {
  const { decision, author, at } = input
  const { objectId } = decision
  const object = readObject(connection, objectId)
  if (object === null) throw new AppError('annotation.objectNotFound', { id: objectId })
  const suggestions = suggestionsOf(connection, objectId)
  const idsOf = termLookup(connection, input, suggestions)
  const before: BeforeDecision = {
    ...object,
    inventoryNumber: readNumber(connection, objectId),
    facetState: (facet) => readFacet(connection, objectId, facet)?.state ?? 'open',
    term: (key) => readTerm(connection, objectId, idsOf(key).conceptId),
    isSameConcept: (one, other) => idsOf(one).conceptId === idsOf(other).conceptId,
    suggested: (facet) => suggestions.facets[facet].map(({ key }) => key),
    field: (id) => ({ ...fieldOf(connection, id), value: readOwnValue(connection, objectId, id)?.value ?? '' })
  }
  const action = new Action(connection, { kind: decision.kind, author, at, objectId, data: dataOf(connection, decision) })
  for (const change of changesOf(before, decision)) {
    switch (change.subject) {
      case 'term':
        setTerm(connection, action, objectId, change, idsOf(change.key), suggestions)
        break
      case 'facet': {
        const { facet, state } = change
        action.setFacet(objectId, facet, state === 'open' ? null : { state, author, at, actionId: action.id() })
        break
      }
      case 'note':
        action.setNote(objectId, change.note)
        break
      case 'number':
        if (change.number !== null && decision.kind === 'number' && !decision.allowDouble) expectUnused(connection, objectId, change.number)
        action.setNumber(objectId, change.number)
        break
      case 'flag':
        action.setFlag(objectId, change.flagged)
        break
      case 'field': {
        const { fieldId, value } = change
        action.setField(objectId, fieldId, value === '' ? null : { value, author, at, actionId: action.id() })
        break
      }
    }
  }
  const done = action.finish()
  return done === null ? null : { actionId: done.id, changes: done.changes }
}

/** Writes a changed term, with what was suggested for it at that moment. */
function setTerm(
  connection: Connection,
  action: Action,
  objectId: number,
  { key, after }: Extract<Change, { subject: 'term' }>,
  { id, conceptId }: TermIds,
  suggestions: ObjectSuggestions
): void {
  const facet = facetOf(key)
  const suggested = suggestionOfConcept(suggestions, conceptId)
  const value: TermValue | null =
    after === null
      ? null
      : {
          ...after,
          termId: id,
          facet,
          author: action.author,
          at: action.at,
          by: 'person',
          runId: suggested === undefined ? null : suggestions.runId,
          rank: suggested?.rank ?? null,
          probability: suggested?.probability ?? null,
          actionId: action.id()
        }
  action.setTerm(objectId, facet, conceptId, readTerm(connection, objectId, conceptId), value)
}

/** The ids of the terms that a decision can touch: those it names, and those suggested. */
function termLookup(connection: Connection, input: DecisionInput, suggestions: ObjectSuggestions): (key: TermKey) => TermIds {
  const suggested = Object.values(suggestions.facets).flat()
  const known = new Map<TermKey, TermIds>(suggested.map(({ key, termId, conceptId }) => [key, { id: termId, conceptId }]))
  return (key) => {
    const ids = known.get(key) ?? ensureTermIds(connection, referenceOf(input, key))
    known.set(key, ids)
    return ids
  }
}

/** @throws AppError `numbers.double` where another object has the number */
function expectUnused(connection: Connection, objectId: number, number: string): void {
  const other = statement<[string, number], { id: number; path: string | null }>(
    connection,
    `SELECT id, (SELECT location.path FROM image JOIN location ON location.image_id = image.id WHERE image.object_id = object.id
       ORDER BY image.position, image.id LIMIT 1) AS path
     FROM object WHERE inventory_number = ? AND id <> ? LIMIT 1`
  ).get(number, objectId)
  if (other !== undefined) throw new AppError('numbers.double', { number, file: objectLabel(other.id, null, other.path) })
}

function referenceOf({ terms }: DecisionInput, key: TermKey): TermReference {
  const found = terms.find((term) => term.key === key)
  if (found === undefined) throw new Error(`a decision came without its term ${key}`)
  return found
}

/** The data that the history keeps of a decision. */
function dataOf(connection: Connection, decision: Decision): ActionData {
  switch (decision.kind) {
    case 'term':
      return { term: decision.term, facet: facetOf(decision.term), state: decision.state }
    case 'replace':
      return { term: decision.to, facet: facetOf(decision.to), state: 'accepted' }
    case 'rejectRest':
      return { facet: decision.facet, state: 'rejected' }
    case 'facet':
      return { facet: decision.facet, state: decision.state }
    case 'note':
      return {}
    case 'number':
      return { state: decision.number ?? '' }
    case 'flag':
      return { state: decision.flagged ? 'flagged' : 'notFlagged' }
    case 'field':
      return { field: fieldOf(connection, decision.fieldId).name }
  }
}
