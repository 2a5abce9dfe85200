import { parse } from 'csv-parse/sync'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { perFacet } from '../../../shared/model/facet.ts'
import type { ExportWhat } from '../../../shared/model/exchange.ts'
import type { StoredRecord } from '../annotation/stored-record.ts'
import { createEufccWriter, eufccColumns } from './eufcc.ts'
import { accepted, bronze, contextOf, image, medal, runs, schemaFolder, storedRun, suggestion, theVocabulary } from './examples.fixture.ts'
import { exportRecordOf } from './export-record.ts'
import type { WrittenRecord } from './record-writer.ts'
import { validateFile } from './validate.ts'

async function write(stored: StoredRecord[], what: ExportWhat = 'accepted'): Promise<{ text: string; written: WrittenRecord[] }> {
  const vocabulary = await theVocabulary()
  const writer = createEufccWriter(await contextOf({ format: 'eufcc', what }), vocabulary)
  const written = await writer.write(stored.map((record) => exportRecordOf(record, what, vocabulary, runs)))
  return { text: writer.head + written.map((record) => record.text).join(''), written }
}

describe("the dataset's dialect", () => {
  test('has its columns, and a row an image with the published paths', async () => {
    const annotations = { ...medal().annotations, materials: [accepted(bronze), accepted('materials/paper')] }
    const { text } = await write([medal({ annotations, images: [image('a/0001.jpg'), image('a/0001.dors.jpg')] })])
    const [head, ...rows] = parse(text) as string[][]
    expect(head).toEqual([...eufccColumns])
    expect(rows).toEqual([
      [
        '0001',
        'medalla',
        'retrat',
        'metall | metall no fèrric | aliatge de coure | bronze $ paper',
        '0001.jpg',
        'Prova',
        'Museu de prova',
        'numismàtica'
      ],
      [
        '0001.dors',
        'medalla',
        'retrat',
        'metall | metall no fèrric | aliatge de coure | bronze $ paper',
        '0001.dors.jpg',
        'Prova',
        'Museu de prova',
        'numismàtica'
      ]
    ])
  })

  test('gives suggestions in rank order', async () => {
    const materials = [
      suggestion('materials', 'materials/paper', 1, 0.9),
      suggestion('materials', bronze, 2, 0.4),
      suggestion('materials', 'materials/metall', 3, 0.2)
    ]
    const record = medal({
      run: storedRun,
      suggestions: { ...perFacet(() => []), materials },
      annotations: { ...perFacet(() => []), materials: [accepted('materials/metall', { state: 'rejected' })] }
    })
    const [, row] = parse((await write([record], 'suggested')).text) as string[][]
    expect(row?.[3]).toBe('paper $ metall | metall no fèrric | aliatge de coure | bronze')
  })

  test('says a term beyond the trees by its nearest broader term in a tree, or warns', async () => {
    // Eye portraits lie below portraits; lace paper coating lies below no node of the tree.
    const annotations = {
      ...perFacet(() => []),
      objectTypes: [accepted('objectTypes/aat:300310133')],
      materials: [accepted('materials/aat:300015113')]
    }
    const { text, written } = await write([medal({ annotations })])
    const [, row] = parse(text) as string[][]
    expect([row?.[1], row?.[3]]).toEqual(['retrat', ''])
    expect(written[0]?.problems).toMatchObject([{ severity: 'warning', code: 'export.noTreePath', data: { term: 'paper coating' } }])
  })

  test('refuses a second image with the same name', async () => {
    const { written } = await write([medal(), medal({ id: 2, images: [image('altra carpeta/0001.jpg')] })])
    expect(written[0]?.problems).toEqual([])
    expect(written[1]?.problems).toMatchObject([{ severity: 'error', field: 'idInSource', code: 'export.repeatedFileName' }])
  })
})

describe('validation of the dialect', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fitxa-eufcc-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function validate(text: string): ReturnType<typeof validateFile> {
    const file = join(folder, 'a.csv')
    await writeFile(file, text)
    return validateFile(file, { vocabulary: await theVocabulary(), schemaFolder })
  }

  test('finds nothing in what the program writes', async () => {
    const { text } = await write([medal(), medal({ id: 2, images: [image('0002.jpg')] })])
    expect(await validate(text)).toEqual({ records: 2, valid: 2, errors: 0, warnings: 0, problems: [] })
  })

  test('names line, field and what is wrong', async () => {
    const head = `${eufccColumns.join(',')}\n`
    const report = await validate(`${head}a,medalla,,,,,,\n,medalla,,,,,,\na,"no hi és | tampoc",,,,,,arqueologia | numismàtica\n`)
    expect(report).toMatchObject({ records: 3, valid: 1, errors: 2, warnings: 1 })
    expect(report.problems.map(({ line, field, code }) => [line, field, code])).toEqual([
      [3, 'idInSource', 'validate.csvNoId'],
      [4, 'idInSource', 'validate.csvRepeatedId'],
      [4, 'objectTypes.hierarchy', 'validate.csvUnknownPath']
    ])
  })

  test('a file without the columns, or that is truncated, gives an error', async () => {
    await expect(validate('idInSource,x\n1,2\n')).rejects.toMatchObject({ code: 'validate.csvColumns' })
    await expect(validate(`${eufccColumns.join(',')}\na,"b\n`)).rejects.toMatchObject({ code: 'validate.csvUnreadable' })
  })
})
