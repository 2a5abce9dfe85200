import { facetOf, type Facet } from '../model/facet.ts'
import type { ObjectField } from '../model/field.ts'
import type { Annotation, Decision, FacetRecord, ObjectRecord, TermState } from '../model/record.ts'
import type { Term, TermKey } from '../model/term.ts'
import { changesOf, type BeforeDecision, type Change } from './decide.ts'
import { objectStatus } from './object-status.ts'

/** Who decides, when, and where to look up terms that are not in the record. */
export interface DecisionContext {
  readonly author: string
  readonly at: string
  readonly term: (key: TermKey) => Term | null
}

/**
 * The record as the core will return it once a decision is stored. The page shows it until the core has answered. A decision
 * about an unknown term changes nothing.
 */
export function decidedRecord(record: ObjectRecord, decision: Decision, context: DecisionContext): ObjectRecord {
  const keys = decision.kind === 'term' ? [decision.term] : decision.kind === 'replace' ? [decision.from, decision.to] : []
  const terms = new Map<TermKey, Term>()
  for (const key of keys) {
    const term = termIn(facetIn(record, facetOf(key)), key) ?? context.term(key)
    if (term === null) return record
    terms.set(key, term)
  }
  const lookUp = (key: TermKey): Term => {
    const term = terms.get(key) ?? termIn(facetIn(record, facetOf(key)), key)
    if (term === null) throw new Error(`the record has no term ${key}`)
    return term
  }
  return changesOf(beforeOf(record, lookUp), decision).reduce((changed, change) => withChange(changed, change, lookUp, context), record)
}

function beforeOf(record: ObjectRecord, lookUp: (key: TermKey) => Term): BeforeDecision {
  return {
    note: record.note,
    flagged: record.flagged,
    inventoryNumber: record.inventoryNumber,
    facetState: (facet) => facetIn(record, facet).state,
    term: (key) => annotationOf(facetIn(record, facetOf(key)), lookUp(key)),
    isSameConcept: (one, other) => isSame(lookUp(one), lookUp(other)),
    suggested: (facet) => facetIn(record, facet).suggestions.map(({ term }) => term.key),
    field: (id) => fieldIn(record, id)
  }
}

function withChange(record: ObjectRecord, change: Change, lookUp: (key: TermKey) => Term, context: DecisionContext): ObjectRecord {
  switch (change.subject) {
    case 'term': {
      const term = lookUp(change.key)
      return withFacet(record, term.facet, (facet) => withTerm(facet, term, change.after, context))
    }
    case 'facet': {
      const [decidedBy, decidedAt] = change.state === 'open' ? [null, null] : [context.author, context.at]
      return withFacet(record, change.facet, (facet) => ({ ...facet, state: change.state, decidedBy, decidedAt }))
    }
    case 'note':
      return { ...record, note: change.note }
    case 'number':
      return {
        ...record,
        inventoryNumber: change.number,
        label: change.number ?? (record.images[0]?.fileName || `#${record.id}`)
      }
    case 'flag':
      return { ...record, flagged: change.flagged }
    case 'field': {
      const [author, at] = change.value === '' ? [null, null] : [context.author, context.at]
      const changed = { ...fieldIn(record, change.fieldId), value: change.value, author, at }
      return { ...record, fields: record.fields.map((field) => (field.fieldId === change.fieldId ? changed : field)) }
    }
  }
}

function withFacet(record: ObjectRecord, name: Facet, change: (facet: FacetRecord) => FacetRecord): ObjectRecord {
  const facets = record.facets.map((facet) => (facet.facet === name ? change(facet) : facet))
  return { ...record, facets, status: objectStatus(facets.map(({ state }) => state)) }
}

function withTerm(
  facet: FacetRecord,
  term: Term,
  after: Pick<Annotation, 'state' | 'certainty'> | null,
  { author, at }: DecisionContext
): FacetRecord {
  const others = facet.annotations.filter((annotation) => !isSame(annotation.term, term))
  if (after === null) return { ...facet, annotations: others }
  const suggestion = facet.suggestions.find((each) => isSame(each.term, term))
  const suggested =
    suggestion === undefined ? null : { runId: suggestion.runId, rank: suggestion.rank, probability: suggestion.probability }
  return { ...facet, annotations: [...others, { term, ...after, author, at, by: 'person', suggested }] }
}

/** A term with one of its keys. What is decided about a concept of the AAT holds for all keys that share its id in the facet. */
export type Concept = Pick<Term, 'key' | 'aatId'>

function isSame(one: Concept, other: Concept): boolean {
  return one.key === other.key || (one.aatId !== null && one.aatId === other.aatId)
}

function facetIn(record: ObjectRecord, name: Facet): FacetRecord {
  const facet = record.facets.find((each) => each.facet === name)
  if (facet === undefined) throw new Error(`the record has no facet ${name}`)
  return facet
}

function fieldIn(record: ObjectRecord, id: number): ObjectField {
  const field = record.fields.find(({ fieldId }) => fieldId === id)
  if (field === undefined) throw new Error(`the record has no field ${id}`)
  return field
}

function termIn(facet: FacetRecord, key: TermKey): Term | null {
  return [...facet.suggestions, ...facet.annotations].find(({ term }) => term.key === key)?.term ?? null
}

/** Suggestions of the facet that nobody has decided about. */
export function openSuggestions(facet: FacetRecord): Term[] {
  return facet.suggestions.map((suggestion) => suggestion.term).filter((term) => annotationOf(facet, term) === null)
}

/** The state of a term in its facet; `open` where nobody has decided. */
export function stateOf(facet: FacetRecord, term: Concept): TermState {
  return annotationOf(facet, term)?.state ?? 'open'
}

/** What was decided about a term, under this key or another one of the same concept. */
export function annotationOf(facet: FacetRecord, term: Concept): Annotation | null {
  return facet.annotations.find((annotation) => isSame(annotation.term, term)) ?? null
}
