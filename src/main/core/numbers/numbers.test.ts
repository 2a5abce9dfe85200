import { expect, it, vi } from 'vitest'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { testCore } from '../core.fixture.ts'
import type { Core } from '../core.ts'

vi.setConfig({ testTimeout: 60_000 })

/** A core with objects of these numbers, each with one file of this name. */
async function withObjects(
  objects: Record<string, string | null>
): Promise<{ core: Core; ids: number[]; path: string; reopen(): Promise<void> }> {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  const filler = fill(path)
  const ids = Object.entries(objects).map(([fileName, number]) => filler.object(number, [{ fileName }]).id)
  filler.close()
  return {
    core,
    ids,
    path,
    async reopen() {
      await core.call.catalogue.close()
      await core.call.catalogue.open({ path })
    }
  }
}

const numbersOf = (core: Core, ids: readonly number[]): Promise<(string | null)[]> =>
  Promise.all(ids.map(async (objectId) => (await core.call.objects.record({ objectId })).inventoryNumber))

const ended = (core: Core, jobId: number): Promise<void> =>
  vi.waitFor(async () => expect((await core.call.jobs.list()).find(({ id }) => id === jobId)?.finishedAt).not.toBeNull(), {
    timeout: 30_000
  })

it('changes the number of one object, refuses a double unless it is allowed, and undoes it after a restart', async () => {
  const { core, ids, reopen } = await withObjects({ 'a.jpg': 'MUS 1', 'b.jpg': 'MUS 2' })
  const [one = 0, two = 0] = ids
  const changed = await core.call.decisions.apply({ kind: 'number', objectId: one, number: ' MUS 7 ' })
  expect(changed.record).toMatchObject({ inventoryNumber: 'MUS 7', label: 'MUS 7' })
  expect((await core.call.objects.ids({ filter: { text: 'mus 7' } })).ids).toEqual([one])
  // The order of numbers follows.
  expect((await core.call.objects.ids({ filter: {} })).ids).toEqual([two, one])
  const double = core.call.decisions.apply({ kind: 'number', objectId: two, number: 'MUS 7' })
  await expect(double).rejects.toMatchObject({ data: { code: 'numbers.double', data: { number: 'MUS 7', file: 'a.jpg' } } })
  await core.call.decisions.apply({ kind: 'number', objectId: two, number: 'MUS 7', allowDouble: true })
  expect((await core.call.decisions.apply({ kind: 'number', objectId: one, number: '' })).record).toMatchObject({
    inventoryNumber: null,
    label: 'a.jpg'
  })
  await reopen()
  for (let step = 0; step < 3; step++) await core.call.history.undo()
  expect(await numbersOf(core, ids)).toEqual(['MUS 1', 'MUS 2'])
  expect((await core.call.objects.ids({ filter: { text: 'mus 7' } })).ids).toEqual([])
})

it('numbers many objects by a pattern as one action, which one undo takes back', async () => {
  const { core, ids, reopen } = await withObjects({
    'MUS 1_a.jpg': 'MUS 1_a',
    'MUS 2_b.jpg': null,
    'none.jpg': null,
    'MUS 3_c.jpg': 'MUS 3'
  })
  const wish = { pattern: '{num}_{view}', scope: {} }
  const trial = await core.call.numbers.try(wish)
  expect(trial).toMatchObject({ objects: 4, changed: 2, same: 1, unmatched: 1, doubles: 0 })
  expect(trial.changes.map(({ before, after }) => [before, after])).toEqual([
    ['MUS 1_a', 'MUS 1'],
    [null, 'MUS 2']
  ])
  expect(trial.samples).toHaveLength(3)
  expect(await numbersOf(core, ids), 'a trial changes nothing').toEqual(['MUS 1_a', null, null, 'MUS 3'])
  await ended(core, (await core.call.numbers.start(wish)).jobId)
  expect(await numbersOf(core, ids)).toEqual(['MUS 1', 'MUS 2', null, 'MUS 3'])
  await reopen()
  expect((await core.call.history.undo()).action).toMatchObject({ kind: 'renumber', objects: 2, state: '{num}_{view}' })
  expect(await numbersOf(core, ids)).toEqual(['MUS 1_a', null, null, 'MUS 3'])
})

it('shows doubles, and does nothing, leaves them out or allows them, as was asked', async () => {
  const objects = { '5_a.jpg': 'old', '5_b.jpg': null, '6_a.jpg': null, 'z.jpg': '6' }
  for (const [doubles, after] of [
    ['leaveOut', ['old', null, null, '6']],
    ['allow', ['5', '5', '6', '6']]
  ] as const) {
    const { core, ids } = await withObjects(objects)
    const wish = { pattern: '{num}_{view}', scope: {} }
    expect(await core.call.numbers.try(wish)).toMatchObject({ changed: 3, doubles: 3 })
    await expect(core.call.numbers.start(wish)).rejects.toMatchObject({ data: { code: 'numbers.doubles', data: { count: 3 } } })
    expect(await numbersOf(core, ids)).toEqual(['old', null, null, '6'])
    const start = core.call.numbers.start({ ...wish, doubles })
    if (doubles === 'leaveOut') await expect(start).rejects.toMatchObject({ data: { code: 'numbers.nothing' } })
    else await ended(core, (await start).jobId)
    expect(await numbersOf(core, ids)).toEqual(after)
    await core.call.catalogue.close()
  }
})

it('exchanges numbers, and numbers those of a selection only', async () => {
  const { core, ids } = await withObjects({ '1.jpg': '2', '2.jpg': '1', '3.jpg': null })
  const wish = { pattern: '{num}', scope: { objectIds: ids.slice(0, 2) } }
  expect(await core.call.numbers.try(wish)).toMatchObject({ objects: 2, changed: 2, doubles: 0 })
  await ended(core, (await core.call.numbers.start(wish)).jobId)
  expect(await numbersOf(core, ids)).toEqual(['1', '2', null])
})
