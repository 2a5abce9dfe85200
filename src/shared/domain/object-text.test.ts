import { expect, it } from 'vitest'
import { objectStatus } from './object-status.ts'
import { numberKey, searchText } from './object-text.ts'

it('sorts numbers as people do', () => {
  const numbers = ['MUS 10', 'mus 2', 'MUS 2 bis', 'Àlbum 1', 'MUS 0002a', 'MUS 1.10', 'MUS 1.9']
  const sorted = [...numbers].sort((a, b) => (numberKey(a) < numberKey(b) ? -1 : 1))
  expect(sorted).toEqual(['Àlbum 1', 'MUS 1.9', 'MUS 1.10', 'mus 2', 'MUS 2 bis', 'MUS 0002a', 'MUS 10'])
})

it('gathers what the filter looks into, folded', () => {
  const text = searchText({ inventoryNumber: 'MUS 1', fileNames: ['Gerró.JPG'], keywords: ['Empúries', ''] })
  expect(text).toBe('mus 1\ngerro.jpg\nempuries')
})

it('derives the status from the facets: none decided, some, all', () => {
  expect(objectStatus(['open', 'open', 'open', 'open'])).toBe('new')
  expect(objectStatus(['open', 'notVisible', 'open', 'open'])).toBe('inWork')
  expect(objectStatus(['closed', 'notVisible', 'notApplicable', 'closed'])).toBe('closed')
})
