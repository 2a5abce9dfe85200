import { storableText } from '../../../shared/domain/storable-text.ts'
import { AppError } from '../../../shared/errors.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Annotation, Certainty, Decision } from '../../../shared/model/record.ts'
import type { Connection } from '../catalogue/operation.ts'
import { ensureTermIds, type TermIds, type TermReference } from '../catalogue/terms.ts'
import { Action, type ActionData } from './action.ts'
import { readFacet, readObject, readTerm, type TermValue } from './state.ts'
import { suggestionOfConcept, suggestionsOf, type ObjectSuggestions } from './suggestions.ts'

/** A decision with the terms it names, as the vocabulary knows them (the database does not), who takes it, and when. */
export interface DecisionInput {
  readonly decision: Decision
  readonly terms: readonly TermReference[]
  readonly author: string
  readonly at: string
}

/** Stores a decision in one step. Null where everything is already as decided: that is no action. */
export function applyDecision(connection: Connection, input: DecisionInput): { actionId: number; changes: number } | null {
  const { decision, author, at } = input
  const { objectId } = decision
  const object = readObject(connection, objectId)
  if (object === null) throw new AppError('annotation.objectNotFound', { id: objectId })
  const action = new Action(connection, { kind: decision.kind, author, at, objectId, data: dataOf(decision) })
  const idsOf = (key: TermKey): TermIds => ensureTermIds(connection, referenceOf(input, key))

  switch (decision.kind) {
    case 'term': {
      decideTerm(connection, action, objectId, decision.term, idsOf(decision.term), decision.state, decision.certainty)
      break
    }
    case 'replace': {
      const from = idsOf(decision.from)
      const to = idsOf(decision.to)
      if (from.conceptId === to.conceptId) break
      const replaced = readTerm(connection, objectId, from.conceptId)
      const certainty = replaced?.state === 'accepted' ? replaced.certainty : 'certain'
      if (replaced?.state !== 'rejected') decideTerm(connection, action, objectId, decision.from, from, 'open', 'certain')
      decideTerm(connection, action, objectId, decision.to, to, 'accepted', certainty)
      break
    }
    case 'rejectRest': {
      const suggestions = suggestionsOf(connection, objectId)
      for (const { key, termId, conceptId } of suggestions.facets[decision.facet]) {
        if (readTerm(connection, objectId, conceptId) !== null) continue
        decideTerm(connection, action, objectId, key, { id: termId, conceptId }, 'rejected', 'certain', suggestions)
      }
      break
    }
    case 'facet': {
      const { facet, state } = decision
      const before = readFacet(connection, objectId, facet)
      if ((before?.state ?? 'open') === state) break
      action.setFacet(objectId, facet, state === 'open' ? null : { state, author, at, actionId: action.id() })
      break
    }
    case 'note': {
      const note = storableText(decision.note)
      if (object.note !== note) action.setNote(objectId, note)
      break
    }
    case 'flag': {
      if (object.flagged !== decision.flagged) action.setFlag(objectId, decision.flagged)
      break
    }
  }
  const done = action.finish()
  return done === null ? null : { actionId: done.id, changes: done.changes }
}

/**
 * A person's word on one term. The same word again changes nothing, except that a person's replaces a rule's. Only an
 * accepted term has a certainty.
 */
function decideTerm(
  connection: Connection,
  action: Action,
  objectId: number,
  key: TermKey,
  { id, conceptId }: TermIds,
  state: Annotation['state'] | 'open',
  certainty: Certainty,
  suggestions: ObjectSuggestions = suggestionsOf(connection, objectId)
): void {
  const before = readTerm(connection, objectId, conceptId)
  const meant: Certainty = state === 'accepted' ? certainty : 'certain'
  if (state === 'open' ? before === null : before?.state === state && before.certainty === meant && before.by === 'person') return
  const facet = facetOf(key)
  const suggested = suggestionOfConcept(suggestions, conceptId)
  const after: TermValue | null =
    state === 'open'
      ? null
      : {
          termId: id,
          facet,
          state,
          certainty: meant,
          author: action.author,
          at: action.at,
          by: 'person',
          runId: suggested === undefined ? null : suggestions.runId,
          rank: suggested?.rank ?? null,
          probability: suggested?.probability ?? null,
          actionId: action.id()
        }
  action.setTerm(objectId, facet, conceptId, before, after)
  action.reopenFacet(objectId, facet)
}

function referenceOf({ terms }: DecisionInput, key: TermKey): TermReference {
  const found = terms.find((term) => term.key === key)
  if (found === undefined) throw new Error(`a decision came without its term ${key}`)
  return found
}

/** What the history says a decision was about. */
function dataOf(decision: Decision): ActionData {
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
    case 'flag':
      return { state: decision.flagged ? 'flagged' : 'notFlagged' }
  }
}
