import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Cancelled } from '../../../shared/errors.ts'
import { errorTables } from '../../../shared/locales/error-tables.ts'
import { exportFormatSchema, type ExportOptions } from '../../../shared/model/exchange.ts'
import { defaultSettings } from '../../../shared/model/settings.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { JobResult } from '../jobs/runner.ts'
import { catalogueWith, schemaFolder, theVocabulary } from './examples.fixture.ts'
import { checkExport, createExportRunner, type ExportParts } from './export.ts'
import { validateFile } from './validate.ts'

const objects = 250
let home: string
let folder: string
let catalogue: Catalogue
let parts: ExportParts
let jobId: number
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fitxa-export-'))
  catalogue = await catalogueWith(home, objects)
  jobId = await catalogue.write('createJob', { kind: 'export', title: 'prova', options: null, at: '2026-12-01' })
  const settings = { ...defaultSettings, institution: 'Museu de prova' }
  parts = { catalogue, vocabulary: await theVocabulary(), settings: () => settings, schemaFolder }
})
beforeEach(async () => {
  folder = await mkdtemp(join(home, 'sortida-'))
})
afterAll(async () => {
  await catalogue.close()
  await rm(home, { recursive: true })
})

async function run(
  options: ExportOptions,
  signal = new AbortController().signal
): Promise<{ result: JobResult | null; counts: Record<string, number> }> {
  const counts: Record<string, number> = {}
  const count = (state: string, n = 1): void => void (counts[state] = (counts[state] ?? 0) + n)
  const result = await createExportRunner(parts).run(
    { jobId, signal, setTotal: (total) => void (counts['total'] = total ?? -1), count },
    options
  )
  return { result, counts }
}

describe('an export', () => {
  test('to LIDO leaves out what would not be valid, says how much, and validates', async () => {
    const file = join(folder, 'nova carpeta', 'a.xml')
    await mkdir(join(folder, 'nova carpeta'))
    const { result, counts } = await run({ format: 'lido', file })
    expect(result).toEqual({ file, records: 225, leftOut: 25 })
    expect(counts).toEqual({ total: 250, written: 225, leftOut: 25 })
    const report = await validateFile(file, { vocabulary: parts.vocabulary, schemaFolder })
    expect(report).toEqual({ records: 225, valid: 225, errors: 0, warnings: 0, problems: [] })
    expect(await readFile(file, 'utf8')).toContain('J. Paul Getty Trust')
  })

  test('says beforehand what it would find, the same as it then leaves out', async () => {
    const report = await checkExport(parts, { format: 'lido' })
    expect(report).toMatchObject({ records: 250, valid: 225, errors: 25, warnings: 0 })
    expect(report.problems[0]).toMatchObject({
      objectId: 10,
      record: '000010',
      field: 'objectWorkType',
      code: 'export.noObjectType',
      severity: 'error'
    })
    for (const { code } of report.problems)
      for (const language of ['ca', 'en'] as const) expect(errorTables[language]).toHaveProperty([code])
  })

  test('that leaves nothing out is refused as a whole, and the file that was there stays', async () => {
    const file = join(folder, 'a.xml')
    await writeFile(file, 'el que hi havia')
    await expect(run({ format: 'lido', file, leaveOutInvalid: false, overwrite: true })).rejects.toMatchObject({
      code: 'export.invalidRecord',
      data: { record: '000010', field: 'objectWorkType' }
    })
    expect(await readFile(file, 'utf8')).toBe('el que hi havia')
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  test('of chosen objects holds these, in their order', async () => {
    const file = join(folder, 'a.csv')
    await run({ format: 'csv', file, objectIds: [3, 1, 999] })
    const lines = (await readFile(file, 'utf8')).trim().split('\r\n')
    expect(lines.slice(1).map((line) => line.slice(0, 13))).toEqual(['"=""000003"""', '"=""000001"""'])
  })

  test('without a name goes to the folder of the catalogue', async () => {
    for (const format of exportFormatSchema.options) {
      const { result } = await run({ format, objectIds: [1] })
      expect(String(result?.['file']).startsWith(join(catalogue.folder, 'exports', `prova-${format}-`))).toBe(true)
      expect(existsSync(String(result?.['file']))).toBe(true)
    }
  })

  test('to the dialect of the dataset validates, one row an image', async () => {
    const file = join(folder, 'a.csv')
    await run({ format: 'eufcc', file })
    expect(await validateFile(file, { vocabulary: parts.vocabulary, schemaFolder })).toMatchObject({
      records: 250,
      valid: 250,
      warnings: 0
    })
  })

  test('gives the same bytes again', async () => {
    const hash = async (): Promise<string> => {
      await run({ format: 'lido', file: join(folder, 'a.xml') })
      return createHash('sha256')
        .update(await readFile(join(folder, 'a.xml')))
        .digest('hex')
    }
    expect(await hash()).toBe(await hash())
  })

  test('that is stopped leaves nothing behind', async () => {
    const abort = new AbortController()
    abort.abort('stopped')
    await expect(run({ format: 'csv', file: join(folder, 'a.csv') }, abort.signal)).rejects.toBeInstanceOf(Cancelled)
    expect(await readdir(folder)).toEqual([])
  })

  test('to a place that cannot be written gives a sentence', async () => {
    await mkdir(join(folder, 'a.csv'))
    await writeFile(join(folder, 'a.csv', 'x'), '')
    await expect(run({ format: 'csv', file: join(folder, 'a.csv') })).rejects.toMatchObject({ code: 'export.notWritable' })
    await writeFile(join(folder, 'fitxer'), '')
    await expect(run({ format: 'csv', file: join(folder, 'fitxer', 'a.csv') })).rejects.toMatchObject({ code: 'export.notWritable' })
  })
})
