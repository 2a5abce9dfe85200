import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { foldText } from '../../../shared/domain/fold.ts'
import { loadVocabulary, type Vocabulary } from './vocabulary.ts'
import type { SearchQuery } from './search.ts'

let vocabulary: Vocabulary
beforeAll(async () => {
  vocabulary = await loadVocabulary(join(import.meta.dirname, '../../../../resources/vocabulary'))
})

function keys(query: string, wish: Partial<SearchQuery> = {}): string[] {
  return vocabulary.search({ query, facet: null, language: 'ca', limit: 40, ...wish }).map((hit) => hit.term.key)
}

describe('term search', () => {
  test('ignores case, accents and the raised dot', () => {
    const key = 'materials/material tèxtil | sarja | franel·la'
    for (const query of ['franel·la', 'FRANELLA', ' Franèlla ']) expect(keys(query)[0]).toBe(key)
  })

  test('finds Catalan, English and alternative labels and says which one matched', () => {
    const [hit] = vocabulary.search({ query: 'portraits', facet: 'subjects', language: 'en', limit: 5 })
    expect(hit).toMatchObject({ term: { key: 'subjects/retrat' }, matched: { text: 'portraits', language: 'en' }, inTree: true })
    const alternative = vocabulary.search({ query: 'weed-killers', facet: 'materials', language: 'en', limit: 5 })[0]
    expect(alternative).toMatchObject({ matched: { text: 'weed-killers', language: 'en' }, inTree: false })
    expect(alternative?.term.labels.en).toBe('weed killer')
  })

  test('finds an AAT id, also as an address, in every position that has it', () => {
    expect(keys('300015637')).toEqual(expect.arrayContaining(['objectTypes/retrat', 'subjects/retrat']))
    expect(keys('http://vocab.getty.edu/aat/300010957')[0]).toMatch(/\| bronze$/)
    expect(keys('aat:300015113')).toEqual(['materials/aat:300015113'])
  })

  test('puts exact labels first, then beginnings of labels, then of words, then the rest', () => {
    const hits = vocabulary.search({ query: 'retrat', facet: 'objectTypes', language: 'ca', limit: 100 })
    const own = hits.filter((hit) => hit.term.facet === 'objectTypes').map((hit) => hit.matched.text)
    expect(own[0]).toBe('retrat')
    expect(own[1]).toBe('retrat de grup')
    expect(own.indexOf('autoretrat')).toBeGreaterThan(own.indexOf('retrat de grup'))
  })

  test('puts the facet asked for first and nodes of the trees before the rest of the AAT', () => {
    const hits = vocabulary.search({ query: 'paper', facet: 'materials', language: 'ca', limit: 60 })
    expect(hits[0]?.term.key).toBe('materials/paper')
    const facetsInOrder = hits.map((hit) => hit.term.facet === 'materials')
    expect(facetsInOrder.indexOf(false) === -1 || facetsInOrder.lastIndexOf(true) < facetsInOrder.indexOf(false)).toBe(true)
    const starts = vocabulary.search({ query: 'bro', facet: 'materials', language: 'en', limit: 60 })
    expect(starts[0]?.inTree).toBe(true)
  })

  test('finds labels by the beginnings of their words in any order', () => {
    expect(keys('indumentaria comp')).toContain("objectTypes/component d'indumentària")
  })

  test('gives each term once, never a guide term, and keeps the limit', () => {
    for (const query of ['a', 'co', 'visual works', 'by', 'metall']) {
      const hits = vocabulary.search({ query, facet: null, language: 'en', limit: 100 })
      expect(new Set(hits.map((hit) => hit.term.key)).size).toBe(hits.length)
      expect(hits.length).toBeLessThanOrEqual(100)
      for (const hit of hits) if (!hit.inTree) expect(hit.term.assignable).toBe(true)
    }
    expect(keys('', {})).toEqual([])
    expect(keys('zzzzqq')).toEqual([])
  })

  test('never finds the curation marker', () => {
    expect(keys('eliminar').filter((key) => key.includes('ELIMINAR'))).toEqual([])
  })

  test.each([
    ['ampolla', '300045627'],
    ['retaule', '300075940'],
    ['gerra', '300045685'],
    ['espardenya', '300046068'],
    ['càntir', '300216968'],
    ['natura morta', '300015638'],
    ['daguerreotip', '300127181']
  ])('leads from %s to its concept', (word, aatId) => {
    const [hit] = vocabulary.search({ query: word, facet: 'objectTypes', language: 'ca', limit: 5 })
    expect(hit).toMatchObject({ term: { aatId }, matched: { text: word, language: 'ca', unofficial: true } })
  })

  test('marks unofficial labels, and shows no label where it has only words', () => {
    const [bottle] = vocabulary.search({ query: 'ampolla', facet: 'objectTypes', language: 'ca', limit: 5 })
    expect(bottle?.term.labels).toEqual({ ca: null, en: 'bottles', unofficial: 'ampolla' })
    const [stillLife] = vocabulary.search({ query: 'natura morta', facet: 'subjects', language: 'ca', limit: 5 })
    expect(stillLife?.term.labels).toEqual({ ca: 'bodegó', en: 'still lifes' })
  })

  test('puts whole words before beginnings and insides of words', () => {
    const own = (query: string, facet: SearchQuery['facet']): string[] =>
      vocabulary
        .search({ query, facet, language: 'ca', limit: 60 })
        .flatMap(({ term, matched }) => (term.facet === facet ? foldText(matched.text) : []))
    const wool = own('llana', 'materials')
    expect(wool[0]).toBe('llana')
    expect(wool.findLastIndex((text) => /\bllana\b/.test(text))).toBeLessThan(wool.indexOf('porcellana'))
    const history = own('història', 'objectTypes')
    const lastWhole = history.findLastIndex((text) => /\bhistoria\b/.test(text))
    expect(lastWhole).toBeGreaterThanOrEqual(0)
    expect(history.findIndex((text) => text.startsWith('historiated'))).toBeGreaterThan(lastWhole)
    expect(own('història', 'disciplines')[0]).toBe('historia')
  })

  test('finds a corrected term by its published label too', () => {
    const [hit] = vocabulary.search({ query: 'boixet', facet: 'materials', language: 'ca', limit: 5 })
    expect(hit?.term).toMatchObject({ key: 'materials/material tèxtil | punta | boixet', labels: { ca: 'punta de coixí' } })
  })
})
