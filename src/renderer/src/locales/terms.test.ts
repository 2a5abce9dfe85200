import { expect, test } from 'vitest'
import { labelIn } from './terms.ts'

test('a Catalan label that no thesaurus has approved is shown with its mark, and only where Catalan is asked for', () => {
  const labels = { ca: null, en: 'bottles', unofficial: 'ampolla' }
  expect(labelIn(labels, 'ca')).toEqual({ text: 'ampolla', language: 'ca', unofficial: true })
  expect(labelIn(labels, 'en')).toEqual({ text: 'bottles', language: 'en' })
})

test('an approved label is never replaced by another one', () => {
  expect(labelIn({ ca: 'bodegó', en: 'still lifes', unofficial: 'natura morta' }, 'ca')).toEqual({ text: 'bodegó', language: 'ca' })
  expect(labelIn({ ca: null, en: 'brogues' }, 'ca')).toEqual({ text: 'brogues', language: 'en' })
})
