import { expect, it, vi } from 'vitest'
import type { Decision } from '../../../shared/model/record.ts'
import { annotationBench, bronze, ceramica, decided, gerro } from './annotation.fixture.ts'

vi.setConfig({ testTimeout: 60_000 })

const accept = (objectId: number, term: string): Decision => ({ kind: 'term', objectId, term, state: 'accepted', certainty: 'certain' })

it("undoes any action, whoever's and however long ago, and says before where something would be left alone", async () => {
  let here = await annotationBench()
  const one = here.filler.object('MUS 1')
  const run = here.filler.run()
  here.filler.predict(run, one.images[0] ?? 0, [[bronze, 0.9, '6']])
  const two = here.filler.object('MUS 2')
  here.filler.predict(run, two.images[0] ?? 0, [[bronze, 0.8, '6']])
  await here.accept({ top: 1, minProbability: null, reason: 'first pass' })
  here.as('Andreu Bosch')
  await here.annotations.apply({ ...accept(two.id, bronze), state: 'rejected' } as Decision)
  await here.annotations.apply(accept(one.id, gerro))
  here = await here.reopen()
  here.as('Andreu Bosch')

  const [rule] = await here.annotations.history({ kinds: ['rule'], before: null, limit: 10 })
  expect(rule).toMatchObject({ author: 'Maria Puig', objects: 2, changes: 2, reason: 'first pass', canUndo: true, undone: null })
  const actionId = rule?.id ?? 0
  const all = await here.annotations.details({ actionId, after: 0, limit: 10, conflictsOnly: false })
  expect(all.objects.map(({ label, kept, changes }) => [label, kept, changes[0]?.term?.key, changes[0]?.after])).toEqual([
    ['MUS 1', 0, bronze, 'accepted'],
    ['MUS 2', 1, bronze, 'accepted']
  ])
  const conflicts = await here.annotations.details({ actionId, after: 0, limit: 10, conflictsOnly: true })
  expect(conflicts).toMatchObject({ objects: [{ label: 'MUS 2', kept: 1 }], next: null })

  expect(await here.annotations.undoAction(actionId)).toMatchObject({ kept: 1, action: { id: actionId } })
  expect(await decided(here.annotations, one.id)).toEqual({ [gerro]: 'accepted' })
  expect(await decided(here.annotations, two.id)).toEqual({ [bronze]: 'rejected' })
  const [undone] = await here.annotations.history({ kinds: ['rule'], before: null, limit: 10 })
  expect(undone?.canUndo).toBe(false)
  const [undo] = await here.annotations.history({ kinds: ['undo'], before: null, limit: 10 })
  expect(undo).toMatchObject({ author: 'Andreu Bosch', reverses: actionId, canUndo: false })
  await expect(here.annotations.undoAction(actionId)).rejects.toMatchObject({ code: 'annotation.notUndoable' })
  await expect(here.annotations.undoAction(undo?.id ?? 0)).rejects.toMatchObject({ code: 'annotation.notUndoable' })
  await expect(here.annotations.undoAction(77)).rejects.toMatchObject({ code: 'annotation.actionNotFound' })
})

it('pages through what an action changed, and through where it would leave something alone', async () => {
  const bench = await annotationBench()
  const run = bench.filler.run()
  const ids = [1, 2, 3, 4, 5].map((number) => {
    const { id, images } = bench.filler.object(`MUS ${number}`)
    bench.filler.predict(run, images[0] ?? 0, [[bronze, 0.9, '6']])
    return id
  })
  await bench.accept({ top: 1, minProbability: null, reason: 'all' })
  for (const id of [ids[1] ?? 0, ids[3] ?? 0, ids[4] ?? 0])
    await bench.annotations.apply({ ...accept(id, bronze), state: 'rejected' } as Decision)
  const actionId = (await bench.annotations.history({ kinds: ['rule'], before: null, limit: 1 }))[0]?.id ?? 0
  const read = async (conflictsOnly: boolean): Promise<string[][]> => {
    const pages: string[][] = []
    for (let after: number | null = 0; after !== null;) {
      const details: Awaited<ReturnType<typeof bench.annotations.details>> = await bench.annotations.details({
        actionId,
        after,
        limit: 2,
        conflictsOnly
      })
      pages.push(details.objects.map(({ label }) => label))
      after = details.next
    }
    return pages
  }
  expect(await read(false)).toEqual([['MUS 1', 'MUS 2'], ['MUS 3', 'MUS 4'], ['MUS 5']])
  expect(await read(true)).toEqual([['MUS 2', 'MUS 4'], ['MUS 5']])
})

it('lists what one person did, or of one kind', async () => {
  const bench = await annotationBench()
  const { id } = bench.filler.object('MUS 1')
  await bench.annotations.apply(accept(id, gerro))
  bench.as('Andreu Bosch')
  await bench.annotations.apply({ kind: 'note', objectId: id, note: 'n' })
  await bench.annotations.apply(accept(id, ceramica))
  const kinds = async (query: { author?: string; kinds?: ('term' | 'note')[] }): Promise<string[]> =>
    (await bench.annotations.history({ ...query, before: null, limit: 10 })).map(({ kind }) => kind)
  expect(await kinds({})).toEqual(['term', 'note', 'term'])
  expect(await kinds({ author: 'Andreu Bosch' })).toEqual(['term', 'note'])
  expect(await kinds({ author: 'Andreu Bosch', kinds: ['note'] })).toEqual(['note'])
  expect(await bench.annotations.authors()).toEqual(['Andreu Bosch', 'Maria Puig'])
})

it("removes a run's suggestions and nothing of a person's, and brings them back", async () => {
  let here = await annotationBench()
  const { id, images } = here.filler.object('MUS 1')
  const [image = 0] = images
  const first = here.filler.run()
  here.filler.predict(first, image, [[ceramica, 0.4, '5']])
  const second = here.filler.run()
  here.filler.predict(second, image, [[bronze, 0.9, '6']])
  const other = here.filler.object('MUS 2')
  here.filler.predict(second, other.images[0] ?? 0, [[bronze, 0.9, '6']])
  await here.annotations.apply(accept(id, bronze))
  const suggested = async (objectId: number): Promise<string[]> =>
    (await here.annotations.record(objectId)).facets.flatMap(({ suggestions }) => suggestions.map(({ term }) => term.key))
  const uncertainty = (): unknown => here.filler.connection.prepare('SELECT uncertainty FROM object ORDER BY id').pluck().all()
  const before = uncertainty()
  expect(await suggested(id)).toEqual([bronze])

  expect(await here.ended(await here.annotations.removeRun(second))).toMatchObject({ state: 'done', result: { objects: 2 } })
  expect(await suggested(id)).toEqual([ceramica])
  expect(await suggested(other.id)).toEqual([])
  expect(await decided(here.annotations, id)).toEqual({ [bronze]: 'accepted' })
  expect((await here.annotations.runs()).map((run) => [run.id, run.objects, run.removed])).toEqual([
    [second, 0, true],
    [first, 1, false]
  ])
  await expect(here.annotations.removeRun(second)).rejects.toMatchObject({ code: 'annotation.runNotFound' })
  // Suggestions of another run that are deleted again (those that learned from decisions) never bring a removed one back.
  const third = here.filler.run()
  here.filler.predict(third, image, [[bronze, 0.5, '6']])
  here.filler.connection.prepare('DELETE FROM prediction WHERE run_id = ?').run(third)
  expect(await suggested(id)).toEqual([ceramica])
  here.filler.connection.prepare('DELETE FROM run WHERE id = ?').run(third)

  here = await here.reopen()
  expect(await here.annotations.undo()).toMatchObject({ action: { kind: 'removeRun' }, kept: 0 })
  expect(await suggested(id)).toEqual([bronze])
  expect(uncertainty()).toEqual(before)
  expect((await here.annotations.runs()).map(({ removed }) => removed)).toEqual([false, false])
})
