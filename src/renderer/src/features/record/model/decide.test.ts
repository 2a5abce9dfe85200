import { describe, expect, it } from 'vitest'
import type { ObjectRecord } from '../../../../../shared/model/record.ts'
import { exampleAnnotation, exampleRecord, exampleSuggestion, exampleTerm } from '../test/example.ts'
import { annotationOf, decided, nextCertainty, stateOf, type DecisionContext } from './decide.ts'
import { likelihoodOf, votesOf } from './likelihood.ts'

const context: DecisionContext = {
  author: 'MP',
  at: '2026-03-12T10:00:00.000Z',
  term: () => exampleTerm('materials', 'argila | terracota')
}
const record = exampleRecord(1, {
  materials: { suggestions: [exampleSuggestion('materials', 'vidre', 1), exampleSuggestion('materials', 'fusta', 2)] },
  subjects: { state: 'closed', decidedBy: 'JP', decidedAt: '2026-03-01T10:00:00.000Z' }
})
const [vidre, fusta] = [exampleTerm('materials', 'vidre'), exampleTerm('materials', 'fusta')]
const facet = (of: ObjectRecord, name: string) => of.facets.find((each) => each.facet === name)!

describe('decided', () => {
  it('accepts a suggestion with who, when and at which rank it was suggested', () => {
    const after = decided(record, { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' }, context)
    expect(annotationOf(facet(after, 'materials'), fusta)).toMatchObject({
      state: 'accepted',
      author: 'MP',
      suggested: { runId: 7, rank: 2 }
    })
    expect(stateOf(facet(record, 'materials'), fusta)).toBe('open')
  })

  it('takes a decision back to open', () => {
    const accepted = decided(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    const after = decided(accepted, { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'open', certainty: 'certain' }, context)
    expect(facet(after, 'materials').annotations).toEqual([])
  })

  it('decides about a concept at all its places', () => {
    const places = ['fusta', 'material vegetal | fusta'].map((path) => ({ ...exampleTerm('materials', path), aatId: '300011914' }))
    const own = { ...context, term: (key: string) => places.find((place) => place.key === key) ?? null }
    const object = exampleRecord(3)
    const accepted = decided(object, { kind: 'term', objectId: 3, term: places[0]!.key, state: 'accepted', certainty: 'certain' }, own)
    expect(stateOf(facet(accepted, 'materials'), places[1]!)).toBe('accepted')
    const opened = decided(accepted, { kind: 'term', objectId: 3, term: places[1]!.key, state: 'open', certainty: 'certain' }, own)
    expect(facet(opened, 'materials').annotations).toEqual([])
  })

  it('reopens a decided facet when a term in it changes', () => {
    const after = decided(
      record,
      { kind: 'term', objectId: 1, term: 'subjects/retrat', state: 'accepted', certainty: 'certain' },
      { ...context, term: () => exampleTerm('subjects', 'retrat') }
    )
    expect(facet(after, 'subjects')).toMatchObject({ state: 'open', decidedBy: null })
  })

  it('rejects the rest and nothing that was decided', () => {
    const accepted = decided(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    const after = facet(decided(accepted, { kind: 'rejectRest', objectId: 1, facet: 'materials' }, context), 'materials')
    expect([stateOf(after, vidre), stateOf(after, fusta)]).toEqual(['rejected', 'accepted'])
  })

  it('replaces a term by another one', () => {
    const accepted = decided(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    const after = decided(accepted, { kind: 'replace', objectId: 1, from: 'materials/fusta', to: 'materials/argila | terracota' }, context)
    expect(facet(after, 'materials').annotations.map((annotation) => annotation.term.key)).toEqual(['materials/argila | terracota'])
  })

  it('derives the status of the object from its facets', () => {
    const open = exampleRecord(2)
    const one = decided(open, { kind: 'facet', objectId: 2, facet: 'materials', state: 'notVisible' }, context)
    expect(one.status).toBe('inWork')
    const rest = (['objectTypes', 'disciplines', 'subjects'] as const).reduce(
      (each, name) => decided(each, { kind: 'facet', objectId: 2, facet: name, state: 'closed' }, context),
      one
    )
    expect(rest.status).toBe('closed')
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

describe('likelihood', () => {
  it('has the words of the interface at their limits', () => {
    expect([0.9, 0.89, 0.5, 0.49, 0.05, 0.04, 0].map(likelihoodOf)).toEqual([
      'veryLikely',
      'likely',
      'likely',
      'possible',
      'possible',
      'unlikely',
      'unlikely'
    ])
  })

  it('counts the members that rank a term high, whatever their scale', () => {
    const first = { ...exampleSuggestion('materials', 'vidre', 1), members: { clip: 0.9, ml: 0.04 } }
    const second = { ...exampleSuggestion('materials', 'fusta', 2), members: { clip: 0.1, ml: 0.02 } }
    expect(votesOf(first, [first, second])).toEqual([true, true])
    expect(votesOf(second, [first, second])).toEqual([false, true])
  })
})
