import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { facets } from '../../src/shared/model/facet.ts'
import { buildVocabulary } from './build.ts'
import { buildCatalan } from './catalan.ts'
import { buildThesaurus } from './thesaurus.ts'
import { buildTrees } from './trees.ts'

const built = join(import.meta.dirname, '../../resources/vocabulary')
const source = join(import.meta.dirname, '../../../shared/vocabulary')

test.runIf(existsSync(source))('building again from the source data gives the committed files, byte for byte', { timeout: 60_000 }, () => {
  const files = buildVocabulary(source)
  expect(files['trees.json']).toBe(readFileSync(join(built, 'trees.json'), 'utf8'))
  expect(files['aat.json']).toBe(gunzipSync(readFileSync(join(built, 'aat.json.gz'))).toString('utf8'))
  expect(files['catalan.json']).toBe(gunzipSync(readFileSync(join(built, 'catalan.json.gz'))).toString('utf8'))
  expect(files['manifest.json']).toBe(readFileSync(join(built, 'manifest.json'), 'utf8'))
})

const empty = Object.fromEntries(facets.map((facet) => [facet, 'Root\n'])) as Record<(typeof facets)[number], string>
const row = {
  facet: 'Materials',
  source: 'tree',
  ca_label: 'metall',
  ca_parent_path: '',
  aat_id: '300010900',
  en_label: 'metal',
  en_label_qualified: '',
  en_alt_labels: 'metals; metallic',
  confidence: 'verified'
}

describe('trees', () => {
  test('come from the drawing of the published file, with the mapping of the same path', () => {
    const trees = buildTrees({ ...empty, materials: 'Root\n├── metall\n│   └── bronze\n└── *dance' }, [
      row,
      { ...row, ca_label: 'bronze', ca_parent_path: 'metall', aat_id: '300010957', en_label: 'bronze', confidence: 'inferred' },
      { ...row, ca_label: '*dance', aat_id: '', en_label: '', en_alt_labels: '', confidence: 'missing' },
      { ...row, source: 'test_id_only', ca_label: 'or' }
    ])
    expect(trees).toMatchObject({
      published: ['metall', 'bronze', '*dance'],
      parent: [-1, 0, -1],
      ca: ['metall', 'bronze', null],
      en: ['metal', 'bronze', null],
      aatId: [300010900, 300010957, 0],
      match: 'vi-',
      hidden: []
    })
    expect(trees.alternatives[0]).toEqual(['metals', 'metallic'])
  })

  test('a node that the mapping lacks stops the build', () => {
    expect(() => buildTrees({ ...empty, materials: 'Root\n└── or' }, [row])).toThrow('materials: or')
    expect(() => buildTrees({ ...empty, materials: 'Root\nor' }, [row])).toThrow('Not a line')
  })
})

test('rows of the thesaurus lie in the facets of all their ancestors', () => {
  const concept = { type: 'concept', facet: 'Objects', pref_label_en: '', alt_labels_en: '', broader_others: '' }
  const file = buildThesaurus([
    { ...concept, aat_id: '300264092', type: 'facet', broader_preferred: '' },
    { ...concept, aat_id: '300264091', type: 'facet', facet: 'Materials', broader_preferred: '' },
    { ...concept, aat_id: '300300000', broader_preferred: '300264092', broader_others: '300264091' },
    { ...concept, aat_id: '300300001', facet: 'Materials', broader_preferred: '' },
    { ...concept, aat_id: '300300002', facet: 'Agents', broader_preferred: '300999999' }
  ])
  expect(file.facets).toBe('21320')
  expect(file.broader).toEqual([-1, -1, 1, -1, -1])
  expect([file.secondOf, file.second]).toEqual([[2], [0]])
})

test('Catalan candidates are taken for assignable concepts only, and only with a licence that allows it', () => {
  const concept = { type: 'concept', facet: 'Objects', pref_label_en: '', alt_labels_en: '', broader_preferred: '', broader_others: '' }
  const thesaurus = buildThesaurus([
    { ...concept, aat_id: '300045627' },
    { ...concept, aat_id: '300045685' },
    { ...concept, aat_id: '300045700', type: 'guide term' },
    { ...concept, aat_id: '300025000', facet: 'Agents' }
  ])
  const row = { aat_id: '300045627', ca_label: 'ampolla', use: 'label', ca_synonyms: 'botella | flascó', licence: 'CC BY 4.0' }
  const rows = [
    row,
    { ...row, aat_id: '300045685', ca_label: 'gerra', use: 'search-only', ca_synonyms: '' },
    { ...row, aat_id: '300045700' },
    { ...row, aat_id: '300025000' }
  ]
  expect(buildCatalan(rows, thesaurus)).toEqual({ id: [300045627, 58], label: 'ampolla\n', words: 'botella;flascó\ngerra' })
  expect(() => buildCatalan([{ ...row, licence: 'not stated' }], thesaurus)).toThrow('300045627')
})
