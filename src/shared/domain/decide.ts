import { facetOf, type Facet } from '../model/facet.ts'
import type { ObjectField } from '../model/field.ts'
import type { Annotation, Certainty, Decision, FacetState, TermState } from '../model/record.ts'
import type { TermKey } from '../model/term.ts'
import { fieldValue } from './field-value.ts'
import { storableText } from './storable-text.ts'

/** The decision about a term, as far as the rule needs it. */
export type DecidedTerm = Pick<Annotation, 'state' | 'certainty' | 'by'>

/**
 * An object before a decision. The core answers from the database, the page from the record on screen. All positions of a
 * concept count as one term here.
 */
export interface BeforeDecision {
  readonly note: string
  readonly flagged: boolean
  readonly inventoryNumber: string | null
  facetState(facet: Facet): FacetState
  /** Null if nobody has decided about the term. */
  term(key: TermKey): DecidedTerm | null
  isSameConcept(one: TermKey, other: TermKey): boolean
  /** The terms suggested for a facet, one per concept. */
  suggested(facet: Facet): readonly TermKey[]
  /** A field with its value. Throws if the object has no field with this id. */
  field(id: number): Pick<ObjectField, 'kind' | 'name' | 'choices' | 'value'>
}

/** One change of an object. `after` is null if the term becomes open. */
export type Change =
  | { readonly subject: 'term'; readonly key: TermKey; readonly after: Pick<Annotation, 'state' | 'certainty'> | null }
  | { readonly subject: 'facet'; readonly facet: Facet; readonly state: FacetState }
  | { readonly subject: 'note'; readonly note: string }
  | { readonly subject: 'flag'; readonly flagged: boolean }
  /** Null removes the number. */
  | { readonly subject: 'number'; readonly number: string | null }
  | { readonly subject: 'field'; readonly fieldId: number; readonly value: string }

/**
 * What a person's decision changes, in order; empty if nothing changes. A change of a term reopens its
 * facet (docs/interface.md, "Facet states"). Throws the AppErrors of `fieldValue`.
 */
export function changesOf(before: BeforeDecision, decision: Decision): Change[] {
  switch (decision.kind) {
    case 'term':
      return termChanges(before, [decision])
    case 'replace':
      return replaceChanges(before, decision)
    case 'rejectRest': {
      const open = before.suggested(decision.facet).filter((key) => before.term(key) === null)
      return termChanges(
        before,
        open.map((term) => ({ term, state: 'rejected', certainty: 'certain' }))
      )
    }
    case 'facet':
      return before.facetState(decision.facet) === decision.state
        ? []
        : [{ subject: 'facet', facet: decision.facet, state: decision.state }]
    case 'note': {
      const note = storableText(decision.note)
      return before.note === note ? [] : [{ subject: 'note', note }]
    }
    case 'number': {
      const number = storableText(decision.number ?? '').trim() || null
      return before.inventoryNumber === number ? [] : [{ subject: 'number', number }]
    }
    case 'flag':
      return before.flagged === decision.flagged ? [] : [{ subject: 'flag', flagged: decision.flagged }]
    case 'field': {
      const field = before.field(decision.fieldId)
      const value = fieldValue(field, decision.value)
      return field.value === value ? [] : [{ subject: 'field', fieldId: decision.fieldId, value }]
    }
  }
}

/**
 * The replaced term becomes open, unless it was rejected: choosing another term does not mean that it is wrong. An accepted
 * term passes its certainty on.
 */
function replaceChanges(before: BeforeDecision, { from, to }: Extract<Decision, { kind: 'replace' }>): Change[] {
  if (before.isSameConcept(from, to)) return []
  const replaced = before.term(from)
  const certainty = replaced?.state === 'accepted' ? replaced.certainty : 'certain'
  const accepted: WantedTerm = { term: to, state: 'accepted', certainty }
  return termChanges(before, replaced?.state === 'rejected' ? [accepted] : [{ term: from, state: 'open', certainty: 'certain' }, accepted])
}

interface WantedTerm {
  readonly term: TermKey
  readonly state: TermState
  readonly certainty: Certainty
}

/**
 * The changes that bring terms into the given states. Repeating a decision changes nothing, except that a person's
 * replaces a rule's. Only an accepted term has a certainty.
 */
function termChanges(before: BeforeDecision, wanted: readonly WantedTerm[]): Change[] {
  const terms: Change[] = []
  const reopened = new Set<Facet>()
  for (const { term: key, state, certainty } of wanted) {
    const present = before.term(key)
    const after = state === 'open' ? null : { state, certainty: state === 'accepted' ? certainty : 'certain' }
    const isSo =
      after === null ? present === null : present?.state === after.state && present.certainty === after.certainty && present.by === 'person'
    if (isSo) continue
    terms.push({ subject: 'term', key, after })
    if (before.facetState(facetOf(key)) !== 'open') reopened.add(facetOf(key))
  }
  return [...terms, ...[...reopened].map((facet): Change => ({ subject: 'facet', facet, state: 'open' }))]
}

/**
 * The next step of the certainty key (docs/interface.md, "Term states"): certain, probable, uncertain, and back to certain. A term
 * that nobody has accepted becomes uncertain at once.
 */
export function nextCertainty(annotation: Pick<Annotation, 'state' | 'certainty'> | null): {
  state: 'accepted' | 'uncertain'
  certainty: Certainty
} {
  if (annotation?.state === 'uncertain') return { state: 'accepted', certainty: 'certain' }
  if (annotation?.state === 'accepted' && annotation.certainty === 'certain') return { state: 'accepted', certainty: 'probable' }
  return { state: 'uncertain', certainty: 'certain' }
}
