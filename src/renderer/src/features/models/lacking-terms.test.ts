import { expect, it } from 'vitest'
import { lackingTerms, searchTerms } from './lacking-terms.ts'
import { trainingSet } from './test/example.ts'

const [facet] = trainingSet.facets
const names = (terms: ReturnType<typeof lackingTerms>): (string | null)[] => terms.map(({ term }) => term.labels.ca)

it('lists the terms that lack pictures, those that lack the fewest first', () => {
  expect(names(lackingTerms(facet!))).toEqual(['urna', 'pitxell'])
})

it('finds terms without regard to case and accents', () => {
  expect(names(searchTerms(facet!.terms, ' PÍTX'))).toEqual(['pitxell'])
  expect(searchTerms(facet!.terms, '')).toEqual(facet!.terms)
})
