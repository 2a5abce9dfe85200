import type { Annotation, Certainty, Decision, FacetRecord, ObjectRecord, TermState } from '../../../../../shared/model/record.ts'
import { facetOf } from '../../../../../shared/model/facet.ts'
import type { Term, TermKey } from '../../../../../shared/model/term.ts'

/** Who decides, when, and how terms are looked up that the record does not name. */
export interface DecisionContext {
  readonly author: string
  readonly at: string
  readonly term: (key: TermKey) => Term | null
}

/**
 * The record as it will be once a decision is stored: what the page shows until the core has answered. The same rules as the core's:
 * a change of a term reopens a decided facet, and the object's status follows its facets (docs/interface.md, "Facet states").
 */
export function decided(record: ObjectRecord, decision: Decision, context: DecisionContext): ObjectRecord {
  switch (decision.kind) {
    case 'term':
      return withFacet(record, facetOf(decision.term), (facet) =>
        setTerm(facet, decision.term, decision.state, decision.certainty ?? 'certain', context)
      )
    case 'replace':
      return withFacet(record, facetOf(decision.to), (facet) =>
        setTerm(setTerm(facet, decision.from, 'open', 'certain', context), decision.to, 'accepted', 'certain', context)
      )
    case 'rejectRest':
      return withFacet(record, decision.facet, (facet) =>
        openSuggestions(facet).reduce((changed, term) => setTerm(changed, term.key, 'rejected', 'certain', context), facet)
      )
    case 'facet':
      return withFacet(record, decision.facet, (facet) => ({
        ...facet,
        state: decision.state,
        decidedBy: decision.state === 'open' ? null : context.author,
        decidedAt: decision.state === 'open' ? null : context.at
      }))
    case 'note':
      return { ...record, note: decision.note }
    case 'flag':
      return { ...record, flagged: decision.flagged }
  }
}

/** A term as a place in a tree and as a concept of the AAT; what is decided about a concept holds at all its places. */
export type Concept = Pick<Term, 'key' | 'aatId'>

function isSame(one: Concept, other: Concept): boolean {
  return one.key === other.key || (one.aatId !== null && one.aatId === other.aatId)
}

/** Suggestions of the facet that nobody has decided about. */
export function openSuggestions(facet: FacetRecord): Term[] {
  return facet.suggestions.map((suggestion) => suggestion.term).filter((term) => annotationOf(facet, term) === null)
}

/** The state of a term in its facet; `open` where nobody has decided. */
export function stateOf(facet: FacetRecord, term: Concept): TermState {
  return annotationOf(facet, term)?.state ?? 'open'
}

/** What was decided about a term, here or at another place of the same concept. */
export function annotationOf(facet: FacetRecord, term: Concept): Annotation | null {
  return facet.annotations.find((annotation) => isSame(annotation.term, term)) ?? null
}

/**
 * The next step of the certainty key (docs/interface.md, "Term states"): certain, probable, uncertain and round again; a term that
 * nobody has accepted becomes uncertain at once.
 */
export function nextCertainty(annotation: Annotation | null): { state: 'accepted' | 'uncertain'; certainty: Certainty } {
  if (annotation?.state === 'uncertain') return { state: 'accepted', certainty: 'certain' }
  if (annotation?.state === 'accepted' && annotation.certainty === 'certain') return { state: 'accepted', certainty: 'probable' }
  return { state: 'uncertain', certainty: 'certain' }
}

function withFacet(record: ObjectRecord, name: FacetRecord['facet'], change: (facet: FacetRecord) => FacetRecord): ObjectRecord {
  const changed = record.facets.map((facet) => (facet.facet === name ? change(facet) : facet))
  const open = changed.filter((facet) => facet.state === 'open').length
  return { ...record, facets: changed, status: open === 0 ? 'closed' : open === changed.length ? 'new' : 'inWork' }
}

function setTerm(facet: FacetRecord, key: TermKey, state: TermState, certainty: Certainty, context: DecisionContext): FacetRecord {
  const suggestion = facet.suggestions.find((each) => each.term.key === key)
  const known = facet.annotations.find((each) => each.term.key === key)
  const term = suggestion?.term ?? known?.term ?? context.term(key)
  if (term === null) return facet
  const before = annotationOf(facet, term)
  const others = facet.annotations.filter((annotation) => annotation !== before)
  const annotations: Annotation[] =
    state === 'open'
      ? others
      : [
          ...others,
          {
            term,
            state,
            certainty,
            author: context.author,
            at: context.at,
            by: 'person',
            suggested: suggestion
              ? { runId: suggestion.runId, rank: suggestion.rank, probability: suggestion.probability }
              : (before?.suggested ?? null)
          }
        ]
  return { ...facet, annotations, state: 'open', decidedBy: null, decidedAt: null }
}
