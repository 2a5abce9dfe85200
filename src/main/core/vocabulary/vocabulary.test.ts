import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { facets } from '../../../shared/model/facet.ts'
import { termDetailSchema, termSchema, treeColumnsSchema } from '../../../shared/model/term.ts'
import { correctTrees } from './corrections.ts'
import { readTrees } from './trees.ts'
import { loadVocabulary, type Vocabulary } from './vocabulary.ts'

const folder = join(import.meta.dirname, '../../../../resources/vocabulary')

let vocabulary: Vocabulary
beforeAll(async () => {
  vocabulary = await loadVocabulary(folder)
})

describe('trees', () => {
  test('hold the published nodes, without the curation marker', () => {
    const { facet, key } = vocabulary.trees()
    const counts = Object.fromEntries(facets.map((name) => [name, facet.filter((of) => of === name).length]))
    expect(counts).toEqual({ objectTypes: 893, materials: 269, disciplines: 33, subjects: 7 })
    expect(new Set(key).size).toBe(1202)
    expect(key.filter((of) => of.includes('ELIMINAR'))).toEqual([])
    expect(vocabulary.has("objectTypes/eines i equips | equip d'ús personal | ulleres | ELIMINAR")).toBe(false)
    expect(vocabulary.counts).toEqual({ terms: 1202, concepts: 54372 })
  })

  test('are columns of one length whose parents stand before their children, in the same facet', () => {
    const trees = treeColumnsSchema.parse(vocabulary.trees())
    for (const column of Object.values(trees)) expect(column).toHaveLength(1202)
    trees.parent.forEach((parent, row) => {
      expect(parent).toBeLessThan(row)
      if (parent >= 0) expect(trees.facet[parent]).toBe(trees.facet[row])
    })
  })

  test('give every node an AAT id except the three known ones, and a label in every case', () => {
    const { aatId, key, match, ca, en } = vocabulary.trees()
    expect(key.filter((_, row) => aatId[row] === null)).toEqual([
      "objectTypes/component d'indumentària | component d'armadura | component d'elm | cimera",
      'objectTypes/pila',
      'materials/material animal | material animal processat | cuir | doble faç'
    ])
    aatId.forEach((id, row) => expect(id === null).toBe(match[row] === 'missing'))
    expect(key.filter((_, row) => !ca[row] && !en[row])).toEqual([])
    for (const id of aatId) if (id !== null) expect(id).toMatch(/^300\d{6}$/)
  })

  test('show Disciplines flat', () => {
    const { facet, parent, key } = vocabulary.trees()
    expect(parent.filter((_, row) => facet[row] === 'disciplines')).toEqual(new Array(33).fill(-1))
    expect(key).toContain('disciplines/biologia')
    expect(vocabulary.term('disciplines/enginyeria civil').path).toHaveLength(1)
  })

  test('may be assigned but for the two hierarchy names among them', () => {
    const { key, assignable } = vocabulary.trees()
    expect(key.filter((_, row) => !assignable[row])).toEqual(['objectTypes/eines i equips', 'objectTypes/vehicle de transport'])
  })
})

describe('terms', () => {
  test('every node gives a term and a detail of the contract', () => {
    for (const key of vocabulary.trees().key) {
      const detail = termDetailSchema.parse(vocabulary.detail(key))
      expect(detail.key).toBe(key)
      expect(detail.path.at(-1)).toEqual(detail.labels)
      expect(vocabulary.broaderKeys(key)).toHaveLength(detail.path.length - 1)
    }
  })

  test('are told apart by facet and path where they share a word or an id', () => {
    const asObject = vocabulary.detail('objectTypes/retrat')
    const asSubject = vocabulary.detail('subjects/retrat')
    expect(asObject.aatId).toBe('300015637')
    expect(asSubject.aatId).toBe('300015637')
    expect(asObject.alsoAt).toEqual(['subjects/retrat'])
    expect(asSubject.alsoAt).toEqual(['objectTypes/retrat'])
  })

  test('an untranslated label is no Catalan label: the English one is shown, with its language', () => {
    const brogue = vocabulary.trees().key.find((key) => key.endsWith('| brogue')) ?? ''
    expect(vocabulary.term(brogue).labels).toEqual({ ca: null, en: 'brogues' })
    expect(vocabulary.label(brogue, 'ca')).toEqual({ text: 'brogues', language: 'en' })
    expect(vocabulary.label('materials/metall', 'ca')).toEqual({ text: 'metall', language: 'ca' })
    expect(vocabulary.label('objectTypes/pila', 'en')).toEqual({ text: 'pila', language: 'ca' })
    for (const label of vocabulary.trees().ca) expect(label ?? '').not.toMatch(/^\*/)
  })

  test('wrong labels of the published trees are corrected, with the reason; the key stays that of the published path', () => {
    const key = 'objectTypes/estructura residencial | habitatge | casa | residencia oficial'
    expect(vocabulary.detail(key)).toMatchObject({
      labels: { ca: 'residència oficial', en: 'official residences' },
      correction: { published: 'residencia oficial', reason: { ca: 'Hi falta l’accent.', en: 'The accent is missing.' } }
    })
    expect(vocabulary.term(`${key} | palau`).path.at(-2)?.ca).toBe('residència oficial')
    const { key: keys, ca } = vocabulary.trees()
    expect(ca[keys.indexOf(key)]).toBe('residència oficial')
    expect(vocabulary.term('disciplines/*photography').labels.ca).toBe('fotografia')
    expect(ca).not.toEqual(expect.arrayContaining(['mañanita', 'boixet', 'pantà al·luvial', 'cadires cerimonials']))
    expect(vocabulary.detail('materials/metall').correction).toBeNull()
  })

  test('a correction of a node that is not there is refused', () => {
    const trees = readTrees(readFileSync(join(folder, 'trees.json'), 'utf8'))
    const correction = [{ key: 'materials/res', ca: 'res', reason: { ca: '', en: '' } }]
    expect(() => correctTrees(trees, JSON.stringify(correction))).toThrow('materials/res')
  })

  test('a concept without approved Catalan label shows a proposed one apart from it, never in its place', () => {
    expect(vocabulary.term('objectTypes/aat:300216968').labels).toEqual({ ca: null, en: 'cantirs', unofficial: 'càntir' })
    expect(vocabulary.label('objectTypes/aat:300216968', 'ca')).toEqual({ text: 'cantirs', language: 'en' })
    for (const node of vocabulary.trees().key) expect(vocabulary.term(node).labels.unofficial).toBeUndefined()
  })

  test('beyond the trees are concepts of the AAT with their path; guide terms stand in it but may not be assigned', () => {
    const key = vocabulary.keyOfAat('materials', '300015113')
    expect(key).toBe('materials/aat:300015113')
    const term = termSchema.parse(vocabulary.term('materials/aat:300015113'))
    expect(term.labels).toEqual({ ca: null, en: 'paper coating' })
    expect(term.path.map((step) => step.en)).toContain('<coating by location or context>')
    expect(term.assignable).toBe(true)
    const above = vocabulary.broaderKeys('materials/aat:300015113')
    expect(vocabulary.term(above[0] ?? '').assignable).toBe(false)
    expect(vocabulary.assignable('objectTypes/aat:300264092')).toBe(false)
  })

  test('a concept that a tree holds has the key of its node only', () => {
    expect(vocabulary.keyOfAat('objectTypes', '300046025')).toBe('objectTypes/medalla')
    expect(vocabulary.has('objectTypes/aat:300046025')).toBe(false)
  })

  test('lie in the facet of their ancestry: disciplines and works by subject have theirs', () => {
    expect(vocabulary.keyOfAat('disciplines', '300054419')).toBe('disciplines/numismàtica')
    expect(vocabulary.has('disciplines/aat:300010957')).toBe(false)
    expect(vocabulary.keyOfAat('subjects', '300124525')).toBe('subjects/aat:300124525')
    expect(vocabulary.keyOfAat('materials', '300046025')).toBeNull()
  })

  test('an id without English label is reached by its id and never shown empty', () => {
    const manifest = vocabulary.search({ query: '300000250', facet: 'objectTypes', language: 'ca', limit: 5 })
    expect(manifest[0]?.term.labels.en).toBe('AAT 300000250')
    expect(manifest[0]?.term.aatId).toBe('300000250')
  })

  test('narrower terms are first the children of the tree, then concepts of the AAT that the tree has not', () => {
    const { narrower } = vocabulary.detail('objectTypes/contenidor')
    const outside = narrower.findIndex((term) => term.key.includes('/aat:'))
    expect(outside).toBe(18)
    expect(narrower.slice(outside).every((term) => term.key.includes('/aat:') && term.assignable)).toBe(true)
    expect(new Set(narrower.map((term) => term.key)).size).toBe(narrower.length)
  })

  test('an unknown key says so', () => {
    expect(() => vocabulary.term('objectTypes/no hi és')).toThrow(AppError)
    expect(vocabulary.has('objectTypes/aat:300999999')).toBe(false)
    expect(vocabulary.has('res/aat:300046025')).toBe(false)
  })
})

test('the attribution of the AAT travels with it', () => {
  expect(vocabulary.attribution).toContain('J. Paul Getty Trust')
  expect(vocabulary.attribution).toContain('https://opendatacommons.org/licenses/by/1-0/')
  expect(vocabulary.catalanAttribution).toContain('Softcatalà')
  expect(vocabulary.catalanAttribution).toContain('https://creativecommons.org/licenses/by/3.0/')
})

test('the committed files are those of the manifest', async () => {
  const { createHash } = await import('node:crypto')
  const { gunzipSync } = await import('node:zlib')
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: Record<string, string> }
  const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
  expect(hash(readFileSync(join(folder, 'trees.json')))).toBe(manifest.files['trees.json'])
  expect(hash(gunzipSync(readFileSync(join(folder, 'aat.json.gz'))))).toBe(manifest.files['aat.json'])
  expect(hash(gunzipSync(readFileSync(join(folder, 'catalan.json.gz'))))).toBe(manifest.files['catalan.json'])
})

test('a folder without vocabulary gives a sentence', async () => {
  await expect(loadVocabulary(join(folder, 'missing'))).rejects.toMatchObject({ code: 'vocabulary.unreadable' })
})
