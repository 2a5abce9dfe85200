import { describe, expect, it } from 'vitest'
import type { FacetRecord, Run } from '../../../../../shared/model/record.ts'
import { exampleAnnotation, exampleFacet, exampleRun, exampleSuggestion } from '../test/example.ts'
import {
  beginVisit as begin,
  continueVisit as go,
  digitOf,
  showWaiting as wait,
  termAtDigit,
  type FacetVisit,
  type VisitRules
} from './visit.ts'

const suggest = (...names: string[]) => names.map((name, index) => exampleSuggestion('materials', name, index + 1))
const facet = (change: Parameters<typeof exampleFacet>[1]) => exampleFacet('materials', change)

/** A tree that stands as its line does, with nothing too unlikely. */
const rules: VisitRules = { unlikelyBelow: 0, downTheScreen: (line) => line }
const beginVisit = (record: FacetRecord, run: Run | null, given = rules): FacetVisit => begin(record, run, given)
const continueVisit = (visit: FacetVisit, record: FacetRecord, given = rules): FacetVisit => go(visit, record, given)
const showWaiting = (visit: FacetVisit): FacetVisit => wait(visit, rules)

describe('digits', () => {
  it('bind the suggestions in the order of their rank, the tenth to 0', () => {
    const visit = beginVisit(facet({ suggestions: suggest('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j') }), exampleRun)
    expect(termAtDigit(visit, 1)).toBe('materials/a')
    expect(termAtDigit(visit, 10)).toBe('materials/j')
    expect(digitOf(visit, 'materials/j')).toBe('0')
    expect(digitOf(visit, 'materials/z')).toBeNull()
  })

  it('stay for the visit after a decision and after a new prediction; a late suggestion takes the next free digit', () => {
    const first = beginVisit(facet({ suggestions: suggest('a', 'b') }), exampleRun)
    const rejected = facet({ suggestions: suggest('c', 'b', 'a'), annotations: [exampleAnnotation('materials', 'a', 'rejected')] })
    const later = continueVisit(first, rejected)
    expect(later.digits).toEqual(['materials/a', 'materials/b', 'materials/c'])
    expect(continueVisit(later, facet({ suggestions: suggest('c') })).digits).toEqual(later.digits)
    expect(later.suggestions.get('materials/a')!.rank).toBe(3)
  })

  it('run down the screen, whatever the rank', () => {
    const upside: VisitRules = { unlikelyBelow: 0, downTheScreen: (line) => [...line].reverse() }
    const visit = beginVisit(facet({ suggestions: suggest('a', 'b', 'c') }), exampleRun, upside)
    expect(visit.digits).toEqual(['materials/c', 'materials/b', 'materials/a'])
    expect(visit.line).toEqual(['materials/a', 'materials/b', 'materials/c'])
    const later = continueVisit(visit, facet({ suggestions: suggest('a', 'b', 'c', 'd', 'e') }), upside)
    expect(later.digits).toEqual(['materials/c', 'materials/b', 'materials/a', 'materials/e', 'materials/d'])
  })

  it('go to the ten best, not to the ten that stand highest', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']
    const upside: VisitRules = { unlikelyBelow: 0, downTheScreen: (line) => [...line].reverse() }
    const visit = beginVisit(facet({ suggestions: suggest(...names) }), exampleRun, upside)
    expect(visit.digits).toEqual([...names.slice(0, 10)].reverse().map((name) => `materials/${name}`))
  })

  it('are not given to an eleventh suggestion, which still has its row', () => {
    const ten = beginVisit(facet({ suggestions: suggest('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j') }), exampleRun)
    const later = continueVisit(ten, facet({ suggestions: suggest('k') }))
    expect(digitOf(later, 'materials/k')).toBeNull()
    expect(later.line.at(-1)).toBe('materials/k')
  })
})

describe('what a visit shows', () => {
  it('leaves out what was rejected in an earlier visit and keeps what is rejected in this one', () => {
    const before = facet({ suggestions: suggest('a', 'b'), annotations: [exampleAnnotation('materials', 'a', 'rejected')] })
    const visit = beginVisit(before, exampleRun)
    expect(visit.digits).toEqual(['materials/b'])
    expect(visit.line).not.toContain('materials/a')
    expect(visit.rejectedBefore).toEqual(['materials/a'])
    const undone = continueVisit(visit, facet({ suggestions: suggest('a', 'b') }))
    expect(undone.rejectedBefore).toEqual([])
    expect(undone.digits).toEqual(['materials/b', 'materials/a'])
  })

  it('puts terms decided without a suggestion first, and terms found in this visit last', () => {
    const visit = beginVisit(facet({ suggestions: suggest('a'), annotations: [exampleAnnotation('materials', 'own')] }), exampleRun)
    expect(visit.line).toEqual(['materials/own', 'materials/a'])
    const found = continueVisit(visit, facet({ suggestions: suggest('a'), annotations: [exampleAnnotation('materials', 'found')] }))
    expect(found.line).toEqual(['materials/own', 'materials/a', 'materials/found'])
  })

  it('holds suggestions back that are newer than the decision about the facet, until they are asked for', () => {
    const closed = facet({
      state: 'closed',
      decidedAt: '2026-03-09T10:00:00.000Z',
      suggestions: suggest('a', 'b'),
      annotations: [exampleAnnotation('materials', 'b')]
    })
    const visit = beginVisit(closed, exampleRun)
    expect(visit.waiting).toEqual(['materials/a'])
    expect(visit.digits).toEqual(['materials/b'])
    expect(continueVisit(visit, closed).waiting).toEqual(['materials/a'])
    const shown = showWaiting(visit)
    expect(shown.digits).toEqual(['materials/b', 'materials/a'])
    expect(continueVisit(shown, closed).waiting).toEqual([])
    expect(continueVisit(visit, facet({ suggestions: suggest('a', 'b') })).digits).toEqual(['materials/b', 'materials/a'])
  })

  it('shows suggestions that were there when the facet was closed', () => {
    const visit = beginVisit(facet({ state: 'closed', decidedAt: '2026-03-12T10:00:00.000Z', suggestions: suggest('a') }), exampleRun)
    expect(visit.waiting).toEqual([])
    expect(visit.digits).toEqual(['materials/a'])
  })
})

describe('unlikely suggestions', () => {
  const sure = { ...rules, unlikelyBelow: 0.05 }
  const likelihoods = (...probabilities: number[]) =>
    probabilities.map((probability, index) => exampleSuggestion('materials', 'abcdefghij'.charAt(index), index + 1, probability))

  it('have no digit and no row, but three always show', () => {
    const visit = beginVisit(facet({ suggestions: likelihoods(0.9, 0.04, 0.03, 0.02, 0.01) }), exampleRun, sure)
    expect(visit.digits).toEqual(['materials/a', 'materials/b', 'materials/c'])
    expect(visit.line).toEqual(visit.digits)
    expect(visit.unlikely).toEqual(['materials/d', 'materials/e'])
  })

  it('come out once they are decided, or once a later run finds them likely', () => {
    const visit = beginVisit(facet({ suggestions: likelihoods(0.9, 0.4, 0.3, 0.02, 0.01) }), exampleRun, sure)
    const accepted = facet({ suggestions: likelihoods(0.9, 0.4, 0.3, 0.02, 0.01), annotations: [exampleAnnotation('materials', 'e')] })
    const decided = continueVisit(visit, accepted, sure)
    expect(decided.unlikely).toEqual(['materials/d'])
    expect(decided.line).toContain('materials/e')
    const risen = continueVisit(visit, facet({ suggestions: likelihoods(0.9, 0.4, 0.3, 0.2, 0.01) }), sure)
    expect(risen.unlikely).toEqual(['materials/e'])
    expect(risen.digits.at(-1)).toBe('materials/d')
  })
})
