import { expect, it } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { objectFilterSchema, type ObjectFilter } from '../../../shared/model/record.ts'
import { ceramica, annotationBench, gerro, olla, plat, pot } from './annotation.fixture.ts'

const filter = (part: Partial<ObjectFilter> = {}): ObjectFilter => objectFilterSchema.parse(part)

it('combines suggestions of a run for several images: the highest score of a concept, ranked again', async () => {
  const { annotations, filler } = await annotationBench()
  const { id, images } = filler.object('MUS 1', [{ fileName: 'a.jpg' }, { fileName: 'b.jpg' }])
  const [front = 0, back = 0] = images
  const run = filler.run()
  filler.predict(run, front, [
    [gerro, 0.5, '2'],
    [pot, 0.4, '3'],
    [plat, 0.3]
  ])
  filler.predict(run, back, [
    [olla, 0.7, '3'],
    [plat, 0.2]
  ])
  const { facets, images: shown, label } = await annotations.record(id)
  expect(facets[0]?.suggestions.map(({ term, rank, probability }) => [term.key, rank, probability])).toEqual([
    [olla, 1, 0.7],
    [gerro, 2, 0.5],
    [plat, 3, 0.3]
  ])
  expect(facets[0]?.suggestions[0]).toMatchObject({ runId: run, members: { one: 0.7 } })
  expect(label).toBe('MUS 1')
  expect(shown.map(({ fileName, found }) => [fileName, found])).toEqual([
    ['a.jpg', false],
    ['b.jpg', false]
  ])
})

it('takes the suggestions of the newest run that has seen the object, and keeps at most ten of a facet', async () => {
  const { annotations, filler } = await annotationBench()
  const { id, images } = filler.object('MUS 1')
  const many = Array.from({ length: 12 }, (_, index) => [`materials/m${index}`, 1 / (index + 2)] as const)
  filler.predict(filler.run(), images[0] ?? 0, many)
  filler.run()
  const record = await annotations.record(id)
  expect(record.run).toMatchObject({ id: 1, bundleId: 'starter', images: 1 })
  expect(record.facets[1]?.suggestions.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

it('reports a missing object', async () => {
  const { annotations } = await annotationBench()
  await expect(annotations.record(5)).rejects.toBeInstanceOf(AppError)
})

it('filters by number, file name, keyword and accepted term in both languages, accents and case ignored', async () => {
  const { annotations, filler } = await annotationBench()
  const vase = filler.object('MUS 10', [{ fileName: 'IMG_0001.JPG', keywords: ['Empúries'] }])
  const plate = filler.object('MUS 2', [{ fileName: 'plat gran.jpg' }])
  const unnamed = filler.object(null, [{ fileName: 'Àmfora 7.png' }])
  await annotations.apply({ kind: 'term', objectId: vase.id, term: gerro, state: 'accepted', certainty: 'certain' })
  await annotations.apply({ kind: 'term', objectId: plate.id, term: gerro, state: 'rejected', certainty: 'certain' })
  const found = async (text: string): Promise<number[]> => (await annotations.ids(filter({ text }), 'imported')).ids
  expect(await found('')).toEqual([vase.id, plate.id, unnamed.id])
  expect(await found('mus')).toEqual([vase.id, plate.id])
  expect(await found('empuries')).toEqual([vase.id])
  expect(await found('AMFORA')).toEqual([unnamed.id])
  expect(await found('GERRÓ')).toEqual([vase.id])
  expect(await found('vase img')).toEqual([vase.id])
  expect(await found('vase gran')).toEqual([])
  expect(await found('100%')).toEqual([])
})

it('orders numbers as people do, and uncertain objects first', async () => {
  const { annotations, filler } = await annotationBench()
  const ten = filler.object('MUS 10')
  const two = filler.object('MUS 2')
  const none = filler.object('MUS 3')
  const run = filler.run()
  filler.predict(run, ten.images[0] ?? 0, [[gerro, 0.4, '2']])
  filler.predict(run, two.images[0] ?? 0, [[gerro, 0.9, '2']])
  const { ids } = await annotations.ids(filter(), 'number')
  expect(ids).toEqual([two.id, none.id, ten.id])
  expect((await annotations.ids(filter(), 'uncertainty')).ids).toEqual([ten.id, two.id, none.id])
  expect((await annotations.ids(filter({ suggested: true }), 'number')).ids).toEqual([two.id, ten.id])
})

it('counts each status within the rest of the filter', async () => {
  const { annotations, filler } = await annotationBench()
  const first = filler.object('MUS 1')
  filler.object('MUS 2')
  filler.object('ALT 3')
  await annotations.apply({ kind: 'facet', objectId: first.id, facet: 'subjects', state: 'closed' })
  await annotations.apply({ kind: 'flag', objectId: first.id, flagged: true })
  expect(await annotations.ids(filter({ status: ['inWork'] }), 'number')).toEqual({
    ids: [first.id],
    statusCounts: { new: 2, inWork: 1, closed: 0 }
  })
  expect((await annotations.ids(filter({ text: 'mus' }), 'number')).statusCounts).toEqual({ new: 1, inWork: 1, closed: 0 })
  expect((await annotations.ids(filter({ flagged: false }), 'number')).ids).toHaveLength(2)
})

it('names on a card the first accepted term, an object type before any other', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const termOfCard = async () => (await annotations.cards([id]))[0]?.term?.ca ?? null
  const accept = (term: string) => annotations.apply({ kind: 'term', objectId: id, term, state: 'accepted', certainty: 'certain' })
  expect(await termOfCard()).toBeNull()
  await accept(ceramica)
  expect(await termOfCard()).toBe('ceràmica')
  await accept(gerro)
  expect(await termOfCard()).toBe('gerro')
})

it('gives cards in the order asked for, and counts for the whole catalogue', async () => {
  const { annotations, filler } = await annotationBench()
  const first = filler.object('MUS 1', [{ fileName: 'a.jpg' }, { fileName: 'b.jpg' }])
  const second = filler.object(null, [{ fileName: 'sense número.jpg' }])
  filler.predict(filler.run(), first.images[0] ?? 0, [[gerro, 0.4, '2']])
  await annotations.apply({ kind: 'term', objectId: first.id, term: ceramica, state: 'accepted', certainty: 'certain' })
  await annotations.apply({ kind: 'facet', objectId: first.id, facet: 'materials', state: 'closed' })
  const cards = await annotations.cards([second.id, 99, first.id])
  expect(cards).toMatchObject([
    { id: second.id, label: 'sense número.jpg', views: 1, accepted: 0, suggested: false, status: 'new' },
    {
      id: first.id,
      label: 'MUS 1',
      views: 2,
      accepted: 1,
      suggested: true,
      status: 'inWork',
      facetStates: { objectTypes: 'open', materials: 'closed' }
    }
  ])
  expect(await annotations.statistics()).toMatchObject({
    objects: 2,
    images: 3,
    suggested: 1,
    status: { new: 1, inWork: 1, closed: 0 },
    facets: { materials: { decided: 1, accepted: 1, rejected: 0, terms: 1 } },
    runs: 1,
    decisions: 2
  })
})
