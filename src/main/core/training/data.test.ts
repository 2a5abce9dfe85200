import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder, fill, type Filler } from '../catalogue/catalogue.fixture.ts'
import { createCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { createAnnotations, type Annotations } from '../annotation/annotation.ts'
import type { TermDetail } from '../../../shared/model/term.ts'
import { loadVocabulary, type Vocabulary } from '../vocabulary/vocabulary.ts'
import { writeTrainingData, type DataParts } from './data.ts'
import { createTreeKeys, withBroader } from './examples.ts'
import { countTrainingSet } from './set.ts'

const gerro = 'objectTypes/contenidor | atuell | gerro'
const pitxell = 'objectTypes/contenidor | atuell | pitxell'
const atuell = 'objectTypes/contenidor | atuell'
const document = 'objectTypes/document'
const bronze = 'materials/metall | metall no fèrric | aliatge de coure | bronze'
const never = new AbortController().signal

let vocabulary: Vocabulary
beforeAll(async () => {
  vocabulary = await loadVocabulary(join(import.meta.dirname, '../../../../resources/vocabulary'))
})

interface Room {
  readonly catalogue: Catalogue
  readonly annotations: Annotations
  readonly filler: Filler
  /** Writes the data and gives its rows. */
  write(): Promise<Record<string, string>[]>
  readonly folder: string
  readonly parts: DataParts
}

async function room(): Promise<Room> {
  const catalogue = await createCatalogue(temporaryFolder(), 'Museu "A", dos')
  onTestFinished(() => catalogue.close())
  const filler = fill(catalogue.folder)
  onTestFinished(() => filler.close())
  const folder = join(temporaryFolder(), 'data')
  const source = join(temporaryFolder(), 'screen.jpg')
  writeFileSync(source, 'a picture')
  const parts: DataParts = {
    catalogue,
    vocabulary,
    institution: 'Museu',
    picture: (sha256) => Promise.resolve(sha256.includes('missing') ? null : source)
  }
  return {
    catalogue,
    annotations: createAnnotations({
      catalogue,
      vocabulary,
      author: () => 'MP',
      publish: () => undefined,
      startBulk: () => Promise.reject(new Error('no jobs here')),
      backUp: () => Promise.resolve()
    }),
    filler,
    folder,
    parts,
    async write() {
      await writeTrainingData(parts, folder, () => undefined, never)
      return parse(readFileSync(join(folder, 'annotations.csv'), 'utf8'), { columns: true }) as Record<string, string>[]
    }
  }
}

const decide = async (
  { annotations }: Room,
  objectId: number,
  decisions: Readonly<Record<string, 'accepted' | 'rejected' | 'uncertain'>>
): Promise<void> => {
  for (const [term, state] of Object.entries(decisions))
    await annotations.apply({ kind: 'term', objectId, term, state, certainty: 'certain' })
}
const closeFacet = async ({ annotations }: Room, objectId: number, facet: 'objectTypes' | 'materials' | 'subjects'): Promise<void> => {
  await annotations.apply({ kind: 'facet', objectId, facet, state: 'closed' })
}

it('has the terms of the tests in its trees', () => {
  for (const key of [gerro, pitxell, atuell, document, bronze]) expect(vocabulary.has(key), key).toBe(true)
})

it('says closed facets with what was accepted, rejected, left uncertain and left open, and nothing of others', async () => {
  const made = await room()
  const { id, images } = made.filler.object('1', [{ fileName: 'a.jpg' }, { fileName: 'b.jpg' }])
  const run = made.filler.run()
  made.filler.predict(run, images[0] ?? 0, [
    [gerro, 0.9],
    [pitxell, 0.5],
    [document, 0.4],
    [bronze, 0.9]
  ])
  await decide(made, id, { [gerro]: 'accepted', [document]: 'rejected', 'objectTypes/dibuix': 'uncertain', [bronze]: 'accepted' })
  await closeFacet(made, id, 'objectTypes')
  await closeFacet(made, id, 'subjects')
  const other = made.filler.object('2')
  await decide(made, other.id, { [gerro]: 'accepted' })
  await made.annotations.apply({ kind: 'facet', objectId: other.id, facet: 'objectTypes', state: 'notVisible' })

  const rows = await made.write()
  expect(rows).toHaveLength(2)
  expect(rows[0]).toEqual({
    idInSource: `${id}-0-a.jpg`,
    'objectTypes.hierarchy': 'contenidor | atuell | gerro',
    'subjects.hierarchy': '',
    'materials.hierarchy': '',
    '#portraitMedia.original': 'a.jpg',
    database: 'Museu "A", dos',
    'repository.keeper': 'Museu',
    'classifications.hierarchy': '',
    file: `pictures/${id}-0-a.jpg.jpg`,
    group: `object-${id}`,
    licence: '',
    closed: 'objectTypes;subjects',
    'rejected.objectTypes': 'document',
    'uncertain.objectTypes': 'dibuix',
    'open.objectTypes': 'contenidor | atuell | pitxell',
    'rejected.materials': '',
    'uncertain.materials': '',
    'open.materials': '',
    'rejected.disciplines': '',
    'uncertain.disciplines': '',
    'open.disciplines': '',
    'rejected.subjects': '',
    'uncertain.subjects': '',
    'open.subjects': ''
  })
  expect(rows[1]).toEqual({
    ...rows[0],
    idInSource: `${id}-1-b.jpg`,
    '#portraitMedia.original': 'b.jpg',
    file: `pictures/${id}-1-b.jpg.jpg`
  })
  const picture = statSync(join(made.folder, rows[0]?.['file'] ?? ''))
  expect([picture.size, picture.nlink > 1], 'linked, not copied').toEqual([9, true])
})

it('says a term beyond the trees as its nearest broader term there, if it was accepted', async () => {
  const made = await room()
  const beyond = vocabulary
    .search({ query: 'amphora', facet: 'objectTypes', language: 'en', limit: 5 })
    .map(({ term }) => term.key)
    .find((key) => key.includes('/aat:') && vocabulary.assignable(key))
  const above = vocabulary.broaderKeys(beyond ?? '').find((key) => !key.includes('/aat:')) ?? ''
  expect(above).toMatch(/ \| /)
  for (const [number, state] of [
    ['1', 'accepted'],
    ['2', 'rejected']
  ] as const) {
    const { id } = made.filler.object(number)
    await decide(made, id, { [beyond ?? '']: state })
    await closeFacet(made, id, 'objectTypes')
  }
  const [first, second] = await made.write()
  expect(first?.['objectTypes.hierarchy']).toBe(above.slice('objectTypes/'.length))
  expect(second?.['rejected.objectTypes'], 'who rejects a narrow term does not reject the broader one').toBe('')
})

it('knows every position of a concept in the trees of its facet', () => {
  const detail = (key: string): TermDetail => ({
    ...vocabulary.detail(gerro),
    key,
    alsoAt: ['objectTypes/cuina | olla', 'materials/olla', 'objectTypes/aat:300000001']
  })
  const keys = createTreeKeys({ has: () => true, broaderKeys: () => [], detail })
  expect(keys.positions(gerro)).toEqual([gerro, 'objectTypes/cuina | olla'])
  expect(
    createTreeKeys({ has: () => false, broaderKeys: () => [], detail }).accepted('objectTypes/a | b'),
    'of an older vocabulary'
  ).toEqual(['objectTypes/a | b'])
})

it('leaves out pictures that are nowhere, and refuses to write nothing', async () => {
  const made = await room()
  const { id } = made.filler.object('1', [{ fileName: 'missing.jpg' }])
  await closeFacet(made, id, 'objectTypes')
  await expect(made.write()).rejects.toMatchObject({ code: 'training.noPictures', data: { missing: 1 } })
  expect(existsSync(join(made.folder, 'annotations.csv')), 'no half-written table').toBe(false)
  const there = made.filler.object('2')
  await closeFacet(made, there.id, 'objectTypes')
  const written = await writeTrainingData(made.parts, made.folder, () => undefined, never)
  expect(written).toEqual({ pictures: 1, missing: 1 })
})

it('ends between two objects when it is stopped, and starts again', async () => {
  const made = await room()
  for (const number of ['1', '2', '3']) await closeFacet(made, made.filler.object(number).id, 'objectTypes')
  const stop = new AbortController()
  await expect(writeTrainingData(made.parts, made.folder, () => stop.abort(), stop.signal)).rejects.toMatchObject({ name: 'Cancelled' })
  expect(await made.write()).toHaveLength(3)
})

it('counts terms with their broader ones and what each lacks', async () => {
  const made = await room()
  for (const [number, term] of [
    ['1', gerro],
    ['2', gerro],
    ['3', pitxell]
  ] as const) {
    const { id } = made.filler.object(number, [{ fileName: `${number}.jpg` }, { fileName: `${number}-back.jpg` }])
    await decide(made, id, { [term]: 'accepted', [bronze]: 'accepted' })
    await closeFacet(made, id, 'objectTypes')
  }
  const set = await countTrainingSet(made.catalogue, vocabulary)
  expect(set).toMatchObject({ objects: 3, pictures: 6, problem: { code: 'training.tooFewPictures' } })
  expect(set.facets[0]).toMatchObject({ closed: 3, pictures: 6, trainable: 0 })
  expect(set.facets[0]?.terms.map(({ term, pictures, lacking }) => [term.key, pictures, lacking])).toEqual([
    ['objectTypes/contenidor', 6, 4],
    [atuell, 6, 4],
    [gerro, 4, 6],
    [pitxell, 2, 8]
  ])
  expect(set.facets[1]).toMatchObject({ closed: 0, terms: [] })
})

it('takes disciplines as flat', () => {
  expect(withBroader('disciplines/art | dibuix')).toEqual(['disciplines/art | dibuix'])
  expect(withBroader(gerro)).toEqual(['objectTypes/contenidor', atuell, gerro])
})
