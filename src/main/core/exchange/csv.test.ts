import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { perFacet } from '../../../shared/model/facet.ts'
import type { Field, FieldMeaning, ObjectField } from '../../../shared/model/field.ts'
import type { ExportOptions } from '../../../shared/model/exchange.ts'
import type { StoredRecord } from '../annotation/stored-record.ts'
import { createCsvLongWriter, longColumns } from './csv-long.ts'
import { createCsvWriter } from './csv.ts'
import { fromCell } from '../lib/csv-text.ts'
import { accepted, bronze, contextOf, image, medal, run, runs, storedRun, suggestion, theVocabulary } from './examples.fixture.ts'
import { exportRecordOf } from './export-record.ts'

/** The rows that a writer makes of records, read back: a record per row, by heading. */
async function rowsOf(stored: StoredRecord[], options: ExportOptions): Promise<Record<string, string>[]> {
  const context = await contextOf(options)
  const writer = options.format === 'csv' ? createCsvWriter(context) : createCsvLongWriter(context)
  const vocabulary = await theVocabulary()
  const written = await writer.write(stored.map((record) => exportRecordOf(record, context.options.what, vocabulary, runs)))
  const text = writer.head + written.map((record) => record.text).join('') + writer.tail
  expect(text.startsWith('\uFEFF')).toBe(true)
  const rows = parse(text, { bom: true, columns: true, delimiter: context.options.separator })
  return (rows as Record<string, string>[]).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, fromCell(cell)]))
  )
}

describe('CSV for people', () => {
  test('has one row an object with terms, ids and states of the four facets', async () => {
    const [row] = await rowsOf([medal({ note: 'Vegeu «inventari vell»; full 3' })], { format: 'csv' })
    expect(row).toEqual({
      "Número d'inventari": '0001',
      Fitxers: '0001.jpg',
      Títol: 'Medalla de prova',
      "Tipus d'objecte": 'medalla',
      "Tipus d'objecte: AAT": '300046025',
      "Tipus d'objecte: estat de la faceta": 'tancada',
      Materials: 'bronze',
      'Materials: AAT': '300010957',
      'Materials: estat de la faceta': 'tancada',
      Disciplines: 'numismàtica',
      'Disciplines: AAT': '300054419',
      'Disciplines: estat de la faceta': 'tancada',
      Temes: 'retrat',
      'Temes: AAT': '300015637',
      'Temes: estat de la faceta': 'tancada',
      Estat: 'tancat',
      Nota: 'Vegeu «inventari vell»; full 3'
    })
  })

  test('joins several terms, keeps the places of terms without id, and speaks English', async () => {
    const record = medal({
      annotations: { ...medal().annotations, objectTypes: [accepted('objectTypes/medalla'), accepted('objectTypes/pila')] }
    })
    const [row] = await rowsOf([record], { format: 'csv', language: 'en', separator: '\t' })
    expect(row?.['Object types']).toBe('medals | pila')
    expect(row?.['Object types: AAT']).toBe('300046025 | ')
  })

  test('leaves out what people rejected or left uncertain, and suggestions', async () => {
    const record = medal({
      run: storedRun,
      annotations: {
        ...perFacet(() => []),
        materials: [accepted(bronze, { state: 'rejected' })],
        subjects: [accepted('subjects/nu', { state: 'uncertain' })]
      },
      suggestions: { ...perFacet(() => []), materials: [suggestion('materials', 'materials/paper', 1, 0.9)] }
    })
    const [row] = await rowsOf([record], { format: 'csv' })
    expect([row?.['Materials'], row?.['Temes']]).toEqual(['', ''])
    expect(Object.keys(row ?? {}).filter((name) => name.includes('suggeriments'))).toEqual([])
  })

  test('shows suggestions and uncertain terms in columns of their own when asked', async () => {
    const record = medal({
      run: storedRun,
      annotations: { ...medal().annotations, subjects: [accepted('subjects/nu', { state: 'uncertain' })] },
      suggestions: {
        ...perFacet(() => []),
        materials: [suggestion('materials', bronze, 1, 0.9), suggestion('materials', 'materials/paper', 2, 0.4)]
      }
    })
    const [row] = await rowsOf([record], { format: 'csv', what: 'all' })
    expect(row?.['Materials']).toBe('bronze')
    expect(row?.['Materials: suggeriments']).toBe('paper (0,40)')
    expect(row?.['Temes: dubtosos']).toBe('nu')
  })

  test('holds notes of any kind', async () => {
    const notes = ['=HYPERLINK("http://x")', 'a\r\nb', '"', 'x'.repeat(50000), 'ça; va, bé\t!']
    const rows = await rowsOf(
      notes.map((note, index) => medal({ id: index + 1, note })),
      { format: 'csv' }
    )
    expect(rows.map((row) => row['Nota'])).toEqual(notes)
  })
})

describe('CSV long', () => {
  test('has one row a term with its address, its path and who accepted it when', async () => {
    const rows = await rowsOf([medal({ images: [image('a/0001.jpg'), image('a/0001 dors.jpg')] })], { format: 'csv-long' })
    expect(rows.map((row) => row['facet'])).toEqual(["Tipus d'objecte", 'Materials', 'Disciplines', 'Temes'])
    expect(rows[1]).toEqual({
      ...Object.fromEntries(longColumns.map((name) => [name, ''])),
      inventory_number: '0001',
      object_id: '1',
      files: '0001.jpg | 0001 dors.jpg',
      facet: 'Materials',
      term: 'bronze',
      term_ca: 'bronze',
      term_en: 'bronze',
      path: 'metall | metall no fèrric | aliatge de coure | bronze',
      aat_id: '300010957',
      aat_uri: 'http://vocab.getty.edu/aat/300010957',
      state: 'acceptat',
      certainty: 'segur',
      who: 'Mercè Puig',
      when: '2026-11-02T09:00:00.000Z',
      made_by: 'persona'
    })
  })

  test('says which run had suggested an accepted term, and marks suggestions as a model’s', async () => {
    const record = medal({
      run: storedRun,
      annotations: { ...perFacet(() => []), materials: [accepted(bronze, { suggested: { runId: run.id, rank: 3, probability: 0.51 } })] },
      suggestions: {
        ...perFacet(() => []),
        materials: [suggestion('materials', 'materials/paper', 1, 0.9), suggestion('materials', bronze, 3, 0.51)]
      }
    })
    const rows = await rowsOf([record], { format: 'csv-long', what: 'all', language: 'en' })
    expect(rows).toHaveLength(2)
    expect(rows[0]).toMatchObject({
      state: 'accepted',
      made_by: 'person',
      run: '7',
      bundle: 'starter',
      version: '1',
      rank: '3',
      score: '0.2550',
      probability: '0.5100'
    })
    expect(rows[1]).toMatchObject({ state: 'suggested', made_by: 'model', who: '', rank: '1', probability: '0.9000', when: run.startedAt })
  })

  test('an object without terms has no row', async () => {
    expect(await rowsOf([medal({ annotations: perFacet(() => []) })], { format: 'csv-long' })).toEqual([])
  })
})

test('fields of the catalogue stand in columns of their own, one of a taken name marked', async () => {
  const linked = (id: number, name: string, meaning: FieldMeaning, value: string): [Field, ObjectField] => {
    const both = { kind: 'linked' as const, name, meaning, choices: [] }
    return [
      { ...both, id, shown: true },
      { ...both, fieldId: id, value, author: null, at: null }
    ]
  }
  const both = [linked(1, 'Títol', 'title', 'Medalla commemorativa'), linked(2, 'Sala', 'location', '03')]
  const fields = both.map(([field]) => field)
  const record = medal({ fields: both.map(([, value]) => value) })
  const context = await contextOf({ format: 'csv' }, { fields })
  const writer = createCsvWriter(context)
  const [written] = await writer.write([exportRecordOf(record, 'accepted', await theVocabulary(), runs)])
  const [row] = parse(writer.head + (written?.text ?? ''), { bom: true, columns: true, delimiter: ';' }) as Record<string, string>[]
  expect(row).toMatchObject({ Títol: 'Medalla commemorativa', 'Títol (camp)': 'Medalla commemorativa', Sala: '="03"' })
})
