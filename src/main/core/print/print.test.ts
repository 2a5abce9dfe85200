import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPdf } from '../../../../tests/fixtures/pdf-text.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { StoredRecord } from '../annotation/stored-record.ts'
import {
  accepted,
  bronze,
  catalogueWith,
  image,
  medal,
  resources,
  runs,
  schemaFolder,
  theVocabulary
} from '../exchange/examples.fixture.ts'
import { exportRecordOf, type ExportRecord } from '../exchange/export-record.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { setCard } from './card.ts'
import { createDocument } from './document.ts'
import { createPrintRunner, isPrintJob } from './runner.ts'

const picture = join(resources, 'sample', 'images')
let folder: string
let photograph: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fitxa-print-'))
  photograph = join(picture, (await readdir(picture)).sort()[0] ?? '')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function recordOf(change: Partial<StoredRecord> = {}): Promise<ExportRecord> {
  return exportRecordOf(medal(change), 'accepted', await theVocabulary(), runs)
}

async function printed(record: ExportRecord, language: Language, file: string | null = photograph) {
  const document = createDocument(join(resources, 'fonts'), {
    title: 'Prova',
    language,
    institution: 'Museu de prova',
    catalogueName: 'Numismàtica',
    attribution: (await theVocabulary()).attribution,
    now: new Date('2026-12-01T12:00:00Z')
  })
  setCard(document, record, { file }, language)
  return readPdf(await document.end())
}

describe('a record card', () => {
  it('shows picture, terms by facet with their ids, who and when, note and fields, in the language chosen', async () => {
    const note = 'Àngel, l·lustració, œuvre, Ελλάς'
    const images = [image('capsa 1/0001.jpg', { creator: 'Anna Mas', rights: 'CC0' })]
    const { pages, text, pictures } = await printed(await recordOf({ note, images }), 'ca')
    expect([pages, pictures]).toEqual([1, 1])
    for (const part of [
      '0001',
      'Medalla de prova',
      "Tipus d'objecte",
      'medalla',
      'bronze',
      'aat:300010957',
      note,
      'Anna Mas',
      'CC0',
      '0001.jpg'
    ]) {
      expect(text).toContain(part)
    }
    expect(text).toMatch(/Mercè Puig, 2 de novembre del? 2026/)
    expect(text).toContain('Museu de prova')
    expect(text).toMatch(/Imprès el 1 de desembre del? 2026, pàgina 1/)
    expect((await printed(await recordOf({ note }), 'en')).text).toMatch(/Object types[\s\S]*medals[\s\S]*2 November 2026/)
  })

  it('goes on to further pages where terms or a note need them, and loses nothing', async () => {
    const words = Array.from({ length: 1500 }, (_, index) => `paraula${index}`)
    const { pages, text } = await printed(await recordOf({ note: words.join(' ') }), 'ca')
    expect(pages).toBeGreaterThan(2)
    for (const word of [words[0], words[777], words[1499]]) expect(text).toMatch(new RegExp(`\\b${word}\\b`))
    const terms = await recordOf({ annotations: { ...medal().annotations, materials: Array.from({ length: 80 }, () => accepted(bronze)) } })
    const long = await printed(terms, 'ca')
    expect(long.pages).toBeGreaterThan(1)
    expect(long.text.match(/aat:300010957/g)).toHaveLength(80)
  })

  it('says so where the picture is missing or there are no terms', async () => {
    const none = await recordOf({ annotations: { objectTypes: [], materials: [], disciplines: [], subjects: [] } })
    const { text, pictures } = await printed(none, 'ca', null)
    expect(pictures).toBe(0)
    expect(text).toContain('La imatge no es troba')
    expect(text.match(/Cap terme/g)).toHaveLength(4)
  })
})

describe('printing a catalogue', () => {
  let catalogue: Catalogue
  beforeAll(async () => {
    catalogue = await catalogueWith(folder, 45)
  })
  afterAll(() => catalogue.close())

  async function run(options: object, signal = new AbortController().signal) {
    const vocabulary = await theVocabulary()
    const counts: number[] = []
    const runner = createPrintRunner({
      ...{ catalogue, vocabulary, schemaFolder, fontFolder: join(resources, 'fonts') },
      settings: () => ({ institution: 'Museu de prova' }) as ReturnType<Parameters<typeof createPrintRunner>[0]['settings']>,
      picture: () => Promise.resolve(photograph)
    })
    const jobId = await catalogue.write('createJob', { kind: 'export', title: 'prova', options: null, at: '2026-12-01' })
    const context = { jobId, signal, setTotal: (total: number | null) => void counts.push(total ?? -1), count: () => undefined }
    return { result: await runner.run(context, options), counts }
  }

  it('makes a contact sheet of all, twenty on a page, in the folder of exports under a name of its own', async () => {
    const { result, counts } = await run({ format: 'contactSheet', language: 'ca' })
    expect(counts).toEqual([45])
    expect(result).toMatchObject({ records: 45 })
    expect(String(result?.['file'])).toMatch(/exports.prova-full-de-contactes-\d{8}-\d{6}\.pdf$/)
    const { pages, text } = readPdf(await readFile(String(result?.['file'])))
    expect(pages).toBe(3)
    for (const number of ['000001', '000020', '000045']) expect(text).toContain(number)
  })

  it('makes cards of the objects asked for, in their order', async () => {
    const file = join(folder, 'cards.pdf')
    await run({ format: 'card', objectIds: [3, 1], file, language: 'en' })
    const { pages, text } = readPdf(await readFile(file))
    expect(pages).toBe(2)
    expect(text.indexOf('000003')).toBeLessThan(text.indexOf('000001'))
  })

  it('leaves no file behind when it is stopped', async () => {
    const file = join(folder, 'stopped.pdf')
    await expect(run({ format: 'card', file }, AbortSignal.abort())).rejects.toThrow()
    expect((await readdir(folder)).filter((name) => name.includes('stopped'))).toEqual([])
  })

  it('knows its own jobs from other exports', () => {
    expect(isPrintJob({ format: 'card' })).toBe(true)
    expect(isPrintJob({ format: 'lido', what: 'all' })).toBe(false)
  })
})
