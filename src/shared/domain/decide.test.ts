import { describe, expect, it } from 'vitest'
import { exampleAnnotation } from '../../renderer/src/features/record/test/example.ts'
import { facetOf, type Facet } from '../model/facet.ts'
import type { FacetState } from '../model/record.ts'
import type { TermKey } from '../model/term.ts'
import { changesOf, nextCertainty, type BeforeDecision, type DecidedTerm } from './decide.ts'

const accepted: DecidedTerm = { state: 'accepted', certainty: 'certain', by: 'person' }

/** An object on which `vas` and `olla` are one concept; three object types are suggested. */
function before(terms: Record<TermKey, DecidedTerm> = {}, states: Partial<Record<Facet, FacetState>> = {}): BeforeDecision {
  const concept = (key: TermKey): TermKey => (key === 'objectTypes/olla' ? 'objectTypes/vas' : key)
  return {
    note: 'old',
    flagged: false,
    inventoryNumber: 'MUS 1',
    facetState: (facet) => states[facet] ?? 'open',
    term: (key) => terms[concept(key)] ?? null,
    isSameConcept: (one, other) => concept(one) === concept(other),
    suggested: (facet) => ['objectTypes/vas', 'objectTypes/plat', 'materials/os'].filter((key) => facetOf(key) === facet),
    field: () => ({ kind: 'number', name: 'Pes', choices: [], value: '3' })
  }
}
const term = (key: TermKey, state: 'open' | 'accepted' | 'rejected' | 'uncertain', certainty: 'certain' | 'probable' = 'certain') =>
  ({ kind: 'term', objectId: 1, term: key, state, certainty }) as const

describe('changesOf', () => {
  it('has no change where everything is already as decided', () => {
    const present = before({ 'objectTypes/vas': accepted }, { materials: 'closed' })
    expect(changesOf(present, term('objectTypes/olla', 'accepted'))).toEqual([])
    expect(changesOf(present, term('objectTypes/plat', 'open'))).toEqual([])
    expect(changesOf(present, { kind: 'replace', objectId: 1, from: 'objectTypes/vas', to: 'objectTypes/olla' })).toEqual([])
    expect(changesOf(present, { kind: 'facet', objectId: 1, facet: 'materials', state: 'closed' })).toEqual([])
    expect(changesOf(present, { kind: 'note', objectId: 1, note: 'old' })).toEqual([])
    expect(changesOf(present, { kind: 'flag', objectId: 1, flagged: false })).toEqual([])
    expect(changesOf(present, { kind: 'field', objectId: 1, fieldId: 1, value: ' 3 ' })).toEqual([])
  })

  it("lets a person's decision replace the same decision of a rule", () => {
    const present = before({ 'objectTypes/vas': { ...accepted, by: 'rule' } })
    expect(changesOf(present, term('objectTypes/vas', 'accepted'))).toEqual([
      { subject: 'term', key: 'objectTypes/vas', after: { state: 'accepted', certainty: 'certain' } }
    ])
  })

  it('keeps a certainty for accepted terms only', () => {
    expect(changesOf(before(), term('objectTypes/vas', 'accepted', 'probable'))).toMatchObject([{ after: { certainty: 'probable' } }])
    expect(changesOf(before(), term('objectTypes/vas', 'rejected', 'probable'))).toMatchObject([{ after: { certainty: 'certain' } }])
  })

  it('reopens a decided facet once, after its terms', () => {
    const present = before({ 'objectTypes/vas': accepted }, { objectTypes: 'closed' })
    expect(changesOf(present, { kind: 'replace', objectId: 1, from: 'objectTypes/vas', to: 'objectTypes/plat' })).toEqual([
      { subject: 'term', key: 'objectTypes/vas', after: null },
      { subject: 'term', key: 'objectTypes/plat', after: { state: 'accepted', certainty: 'certain' } },
      { subject: 'facet', facet: 'objectTypes', state: 'open' }
    ])
  })

  it('passes the certainty of a replaced term on, and leaves a rejected one rejected', () => {
    const replace = { kind: 'replace', objectId: 1, from: 'objectTypes/vas', to: 'objectTypes/plat' } as const
    expect(changesOf(before({ 'objectTypes/vas': { ...accepted, certainty: 'probable' } }), replace)).toMatchObject([
      { after: null },
      { after: { state: 'accepted', certainty: 'probable' } }
    ])
    expect(changesOf(before({ 'objectTypes/vas': { ...accepted, state: 'rejected' } }), replace)).toMatchObject([
      { key: 'objectTypes/plat', after: { state: 'accepted', certainty: 'certain' } }
    ])
  })

  it('rejects the suggestions of the facet that are open, and nothing else', () => {
    const present = before({ 'objectTypes/vas': accepted })
    expect(changesOf(present, { kind: 'rejectRest', objectId: 1, facet: 'objectTypes' })).toEqual([
      { subject: 'term', key: 'objectTypes/plat', after: { state: 'rejected', certainty: 'certain' } }
    ])
  })

  it('cleans a note before it compares it', () => {
    expect(changesOf(before(), { kind: 'note', objectId: 1, note: 'old\u0000' })).toEqual([])
    expect(changesOf(before(), { kind: 'note', objectId: 1, note: 'new' })).toEqual([{ subject: 'note', note: 'new' }])
    const number = (text: string | null) => changesOf(before(), { kind: 'number', objectId: 1, number: text, allowDouble: false })
    expect(number(' MUS 1 ')).toEqual([])
    expect(number('MUS 2')).toEqual([{ subject: 'number', number: 'MUS 2' }])
    expect(number(' ')).toEqual([{ subject: 'number', number: null }])
  })
})

describe('nextCertainty', () => {
  it('goes certain, probable, uncertain and round again; an open term becomes uncertain at once', () => {
    const accepted = exampleAnnotation('materials', 'vidre')
    expect(nextCertainty(null)).toEqual({ state: 'uncertain', certainty: 'certain' })
    expect(nextCertainty(accepted)).toEqual({ state: 'accepted', certainty: 'probable' })
    expect(nextCertainty({ ...accepted, certainty: 'probable' })).toEqual({ state: 'uncertain', certainty: 'certain' })
    expect(nextCertainty({ ...accepted, state: 'uncertain' })).toEqual({ state: 'accepted', certainty: 'certain' })
  })
})
