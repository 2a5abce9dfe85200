import { expect, it } from 'vitest'
import { bronze, ceramica, decided, annotationBench, flora, gerro, olla, plat, pot } from './annotation.fixture.ts'

it('accepts the first suggestions of open facets, recorded with its reason, and leaves decided terms and facets alone', async () => {
  const { annotations, filler, events, accept } = await annotationBench()
  const run = filler.run()
  const objects = [1, 2, 3].map((number) => {
    const { id, images } = filler.object(`MUS ${number}`)
    filler.predict(run, images[0] ?? 0, [
      [gerro, 0.9, '2'],
      [plat, 0.2],
      [ceramica, 0.6, '5'],
      [flora, 0.1, '7']
    ])
    return id
  })
  const [first = 0, second = 0, third = 0] = objects
  const none = filler.object('MUS 4')
  await annotations.apply({ kind: 'term', objectId: first, term: gerro, state: 'rejected', certainty: 'certain' })
  await annotations.apply({ kind: 'facet', objectId: second, facet: 'materials', state: 'closed' })
  events.length = 0
  const job = await accept({ top: 1, minProbability: null, reason: 'primera passada' })
  expect(job).toMatchObject({ state: 'done', total: 3, done: 3, result: { objects: 3, changes: 7, kept: 0 } })
  expect((await annotations.undoState()).undo).toMatchObject({
    kind: 'rule',
    objects: 3,
    changes: 7,
    author: 'Maria Puig',
    objectLabel: null
  })
  expect(events.slice(-2)).toMatchObject([{ type: 'objects', ids: null }, { type: 'undo' }])
  expect(await decided(annotations, first)).toEqual({ [gerro]: 'rejected', [ceramica]: 'accepted', [flora]: 'accepted' })
  expect(await decided(annotations, second)).toEqual({ [gerro]: 'accepted', [flora]: 'accepted' })
  expect(await decided(annotations, none.id)).toEqual({})
  const record = await annotations.record(third)
  expect(record.status).toBe('new')
  expect(record.facets[0]?.annotations).toMatchObject([
    { by: 'rule', author: 'Maria Puig', suggested: { runId: run, rank: 1, probability: 0.9 } }
  ])
  expect(filler.connection.prepare(`SELECT data ->> 'reason' AS reason FROM action WHERE kind = 'rule'`).get()).toEqual({
    reason: 'primera passada'
  })
})

it('accepts from a probability on, whatever the rank', async () => {
  const { annotations, filler, accept } = await annotationBench()
  const { id, images } = filler.object('MUS 1')
  filler.predict(filler.run(), images[0] ?? 0, [
    [gerro, 0.9, '2'],
    [pot, 0.5, '3'],
    [plat, 0.4],
    [ceramica, 0.49, '5']
  ])
  await accept({ top: null, minProbability: 0.5, reason: 'segurs' })
  expect(await decided(annotations, id)).toEqual({ [gerro]: 'accepted', [pot]: 'accepted' })
})

it('is undone in one step, except where a person has changed something since', async () => {
  const { annotations, filler, as, accept } = await annotationBench()
  const run = filler.run()
  const ids = Array.from({ length: 40 }, (_, index) => {
    const { id, images } = filler.object(`MUS ${index}`)
    filler.predict(run, images[0] ?? 0, [[bronze, 0.9, '6']])
    return id
  })
  await accept({ top: 1, minProbability: null, reason: 'bronzes' })
  as('Andreu Bosch')
  for (const id of ids.slice(0, 2))
    await annotations.apply({ kind: 'term', objectId: id, term: bronze, state: 'uncertain', certainty: 'certain' })
  as('Maria Puig')
  expect(await annotations.undo()).toMatchObject({ action: { kind: 'rule', changes: 40 }, kept: 2 })
  expect(await annotations.statistics()).toMatchObject({ facets: { materials: { accepted: 0 } } })
  expect(await decided(annotations, ids[0] ?? 0)).toEqual({ [bronze]: 'uncertain' })
  expect(await annotations.redo()).toMatchObject({ kept: 0 })
  expect((await annotations.statistics()).facets.materials.accepted).toBe(38)
})

it("becomes a person's decision when a person decides the same", async () => {
  const { annotations, filler, accept } = await annotationBench()
  const { id, images } = filler.object('MUS 1')
  filler.predict(filler.run(), images[0] ?? 0, [[olla, 0.9, '3']])
  await accept({ top: 1, minProbability: null, reason: 'x' })
  const { record } = await annotations.apply({ kind: 'term', objectId: id, term: olla, state: 'accepted', certainty: 'certain' })
  expect(record.facets[0]?.annotations).toMatchObject([{ state: 'accepted', by: 'person' }])
})
