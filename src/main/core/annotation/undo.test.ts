import { expect, it } from 'vitest'
import type { Decision } from '../../../shared/model/record.ts'
import { bronze, ceramica, decided, annotationBench, flora, gerro, plat, pot } from './annotation.fixture.ts'

const accept = (objectId: number, term: string): Decision => ({ kind: 'term', objectId, term, state: 'accepted', certainty: 'certain' })

it('undoes and redoes actions in order, also after a restart', async () => {
  let here = await annotationBench()
  const { id } = here.filler.object('MUS 1')
  for (const key of [gerro, ceramica, flora]) await here.annotations.apply(accept(id, key))
  expect((await here.annotations.undo()).action?.term?.key).toBe(flora)
  here = await here.reopen()
  expect((await here.annotations.undoState()).redo?.term?.key).toBe(flora)
  expect((await here.annotations.undo()).action?.term?.key).toBe(ceramica)
  expect(await decided(here.annotations, id)).toEqual({ [gerro]: 'accepted' })
  here = await here.reopen()
  expect((await here.annotations.redo()).action?.term?.key).toBe(ceramica)
  expect((await here.annotations.redo()).action?.term?.key).toBe(flora)
  expect(await here.annotations.redo()).toMatchObject({ action: null, kept: 0 })
  expect(await decided(here.annotations, id)).toEqual({ [gerro]: 'accepted', [ceramica]: 'accepted', [flora]: 'accepted' })
})

it('drops redo once something new is done', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  await annotations.apply(accept(id, gerro))
  await annotations.apply(accept(id, plat))
  await annotations.undo()
  await annotations.apply(accept(id, flora))
  expect((await annotations.undoState()).redo).toBeNull()
  await annotations.undo()
  expect((await annotations.undoState()).redo?.term?.key).toBe(flora)
  await annotations.redo()
  expect((await annotations.undoState()).redo).toBeNull()
  expect(await decided(annotations, id)).toEqual({ [gerro]: 'accepted', [flora]: 'accepted' })
})

it('restores a decision with who took it and when', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const first = await annotations.apply(accept(id, gerro))
  await annotations.apply({ ...accept(id, gerro), state: 'rejected' } as Decision)
  await annotations.undo()
  expect((await annotations.record(id)).facets).toEqual(first.record.facets)
})

it("undoes one's own actions only, and keeps values that somebody has changed since", async () => {
  const { annotations, filler, as } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const other = filler.object('MUS 2')
  await annotations.apply(accept(id, gerro))
  await annotations.apply(accept(other.id, bronze))
  as('Andreu Bosch')
  expect((await annotations.undoState()).undo).toBeNull()
  await annotations.apply({ ...accept(other.id, bronze), state: 'rejected' } as Decision)
  as('Maria Puig')
  expect(await annotations.undo()).toMatchObject({ action: { term: { key: bronze } }, kept: 1 })
  expect(await decided(annotations, other.id)).toEqual({ [bronze]: 'rejected' })
  expect(await annotations.undo()).toMatchObject({ action: { term: { key: gerro } }, kept: 0 })
  expect(await decided(annotations, id)).toEqual({})
  // Repeating brings back what the undo took, no more.
  await annotations.redo()
  expect(await annotations.redo()).toMatchObject({ action: { term: { key: bronze } }, kept: 0 })
  expect(await decided(annotations, other.id)).toEqual({ [bronze]: 'rejected' })
})

it('reopens a facet that has been closed since, if an undo changes one of its terms', async () => {
  const { annotations, filler, as } = await annotationBench()
  const { id } = filler.object('MUS 1')
  await annotations.apply(accept(id, gerro))
  as('Andreu Bosch')
  await annotations.apply({ kind: 'facet', objectId: id, facet: 'objectTypes', state: 'closed' })
  as('Maria Puig')
  await annotations.undo()
  const { status, facets } = await annotations.record(id)
  expect(status).toBe('new')
  expect(facets[0]).toMatchObject({ state: 'open', annotations: [] })
})

it('erases nothing: the history has decisions, undo and redo', async () => {
  const { annotations, filler } = await annotationBench()
  const { id } = filler.object('MUS 1')
  const other = filler.object('MUS 2')
  await annotations.apply(accept(id, gerro))
  await annotations.apply(accept(other.id, pot))
  await annotations.undo()
  await annotations.redo()
  const all = await annotations.history({ objectId: null, before: null, limit: 10 })
  expect(all.map(({ kind, objectId, term }) => [kind, objectId, term?.key])).toEqual([
    ['redo', other.id, pot],
    ['undo', other.id, pot],
    ['term', other.id, pot],
    ['term', id, gerro]
  ])
  expect(await annotations.history({ objectId: id, before: null, limit: 10 })).toHaveLength(1)
  const page = await annotations.history({ objectId: null, before: all[1]?.id ?? 0, limit: 1 })
  expect(page.map(({ id: action }) => action)).toEqual([all[2]?.id])
})
