import { describe, expect, it } from 'vitest'
import { exampleAnnotation, exampleFacet, exampleRun, exampleSuggestion } from '../test/example.ts'
import { beginVisit, continueVisit, digitOf, showWaiting, termAtDigit } from './visit.ts'

const suggest = (...names: string[]) => names.map((name, index) => exampleSuggestion('materials', name, index + 1))
const facet = (change: Parameters<typeof exampleFacet>[1]) => exampleFacet('materials', change)

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
