import { describe, expect, it } from 'vitest'
import { exampleRecord, exampleSuggestion, exampleTerm } from '../../renderer/src/features/record/test/example.ts'
import type { ObjectRecord } from '../model/record.ts'
import { annotationOf, decidedRecord, stateOf, type DecisionContext } from './decided-record.ts'

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

describe('decidedRecord', () => {
  it('accepts a suggestion with who, when and at which rank it was suggested', () => {
    const after = decidedRecord(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    expect(annotationOf(facet(after, 'materials'), fusta)).toMatchObject({
      state: 'accepted',
      author: 'MP',
      suggested: { runId: 7, rank: 2 }
    })
    expect(stateOf(facet(record, 'materials'), fusta)).toBe('open')
  })

  it('takes a decision back to open', () => {
    const accepted = decidedRecord(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    const after = decidedRecord(
      accepted,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'open', certainty: 'certain' },
      context
    )
    expect(facet(after, 'materials').annotations).toEqual([])
  })

  it('decides about a concept whichever of its keys is named', () => {
    const places = ['fusta', 'material vegetal | fusta'].map((path) => ({ ...exampleTerm('materials', path), aatId: '300011914' }))
    const own = { ...context, term: (key: string) => places.find((place) => place.key === key) ?? null }
    const object = exampleRecord(3)
    const accepted = decidedRecord(
      object,
      { kind: 'term', objectId: 3, term: places[0]!.key, state: 'accepted', certainty: 'certain' },
      own
    )
    expect(stateOf(facet(accepted, 'materials'), places[1]!)).toBe('accepted')
    const opened = decidedRecord(accepted, { kind: 'term', objectId: 3, term: places[1]!.key, state: 'open', certainty: 'certain' }, own)
    expect(facet(opened, 'materials').annotations).toEqual([])
  })

  it('reopens a decided facet when a term in it changes', () => {
    const after = decidedRecord(
      record,
      { kind: 'term', objectId: 1, term: 'subjects/retrat', state: 'accepted', certainty: 'certain' },
      { ...context, term: () => exampleTerm('subjects', 'retrat') }
    )
    expect(facet(after, 'subjects')).toMatchObject({ state: 'open', decidedBy: null })
  })

  it('rejects the rest and nothing that was decided', () => {
    const accepted = decidedRecord(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    const after = facet(decidedRecord(accepted, { kind: 'rejectRest', objectId: 1, facet: 'materials' }, context), 'materials')
    expect([stateOf(after, vidre), stateOf(after, fusta)]).toEqual(['rejected', 'accepted'])
  })

  it('replaces a term by another one', () => {
    const accepted = decidedRecord(
      record,
      { kind: 'term', objectId: 1, term: 'materials/fusta', state: 'accepted', certainty: 'certain' },
      context
    )
    const after = decidedRecord(
      accepted,
      { kind: 'replace', objectId: 1, from: 'materials/fusta', to: 'materials/argila | terracota' },
      context
    )
    expect(facet(after, 'materials').annotations.map((annotation) => annotation.term.key)).toEqual(['materials/argila | terracota'])
  })

  it('derives the status of the object from its facets', () => {
    const open = exampleRecord(2)
    const one = decidedRecord(open, { kind: 'facet', objectId: 2, facet: 'materials', state: 'notVisible' }, context)
    expect(one.status).toBe('inWork')
    const rest = (['objectTypes', 'disciplines', 'subjects'] as const).reduce(
      (each, name) => decidedRecord(each, { kind: 'facet', objectId: 2, facet: name, state: 'closed' }, context),
      one
    )
    expect(rest.status).toBe('closed')
  })

  it('changes nothing where a term is known nowhere', () => {
    const unknown = { ...context, term: () => null }
    const decision = { kind: 'term', objectId: 1, term: 'materials/os', state: 'accepted', certainty: 'certain' } as const
    expect(decidedRecord(record, decision, unknown)).toBe(record)
  })

  it('stores a note as the core does, without control characters', () => {
    expect(decidedRecord(record, { kind: 'note', objectId: 1, note: 'a\u0000b' }, context).note).toBe('ab')
  })
})
