import { expect, it } from 'vitest'
import { exampleSuggestion } from '../test/example.ts'
import { likelihoodOf, votesOf } from './likelihood.ts'

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
