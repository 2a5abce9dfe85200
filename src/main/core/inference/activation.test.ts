import { expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { BundleSummary } from '../../../shared/model/model.ts'
import { loadSettings } from '../settings/settings.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { activateBundle, goBack, listBundles, pileOf, type ActivationParts } from './activation.ts'
import type { Bundle } from './bundle.ts'

/** Bundles that there are, in a place of their own; `spoilt` ones do not pass their test. */
async function bench(
  ids: string[]
): Promise<{ parts: ActivationParts; events: CoreEvent[]; ids: string[]; spoilt: Set<string>; active(): Promise<string[]> }> {
  const events: CoreEvent[] = []
  const spoilt = new Set<string>()
  const settings = await loadSettings(temporaryFolder())
  const bundle = (id: string): Bundle => ({ folder: id, sha256: id, manifest: { id, version: '1' } as Bundle['manifest'] })
  const choose = (wish: string | null): Promise<Bundle> => {
    const id = wish === null ? ids[0] : ids.find((known) => `${known}@1` === wish)
    return id === undefined ? Promise.reject(new AppError('bundle.notFound', { bundle: wish ?? '' })) : Promise.resolve(bundle(id))
  }
  const parts: ActivationParts = {
    settings,
    publish: (event) => events.push(event),
    inference: {
      choose,
      test: (folder) =>
        spoilt.has(folder) ? Promise.reject(new AppError('bundle.selfTest', { bundle: folder })) : Promise.resolve(bundle(folder)),
      async bundles() {
        const active = (await choose(settings.get().modelBundle)).manifest.id
        return ids.map((id) => ({ id, version: '1', problem: null, active: id === active }) as BundleSummary)
      }
    }
  }
  const active = async (): Promise<string[]> =>
    (await listBundles(parts)).flatMap(({ id, active: is, previous }) => (is ? [id] : previous ? [`back to ${id}`] : []))
  return { parts, events, ids, spoilt, active }
}

const named = (id: string): { id: string; version: string } => ({ id, version: '1' })

it('goes back step by step to earlier bundles, and records every step', async () => {
  const { parts, events, active } = await bench(['shipped', 'a', 'b'])
  expect(await active()).toEqual(['shipped'])
  await activateBundle(parts, named('a'))
  await activateBundle(parts, named('b'))
  expect(await active()).toEqual(['back to a', 'b'])
  await goBack(parts)
  expect(await active()).toEqual(['back to shipped', 'a'])
  await activateBundle(parts, named('b'))
  await goBack(parts)
  await goBack(parts)
  expect(await active()).toEqual(['shipped'])
  await expect(goBack(parts)).rejects.toMatchObject({ code: 'models.noPrevious' })
  const { modelHistory, modelBundle } = parts.settings.get()
  expect(modelBundle, 'the program’s own choice, whatever a later version ships').toBeNull()
  expect(modelHistory.map(({ how, bundle }) => `${how} ${bundle ?? '-'}`)).toEqual([
    'activated -',
    'activated a@1',
    'activated b@1',
    'back a@1',
    'activated b@1',
    'back a@1',
    'back -'
  ])
  expect(pileOf(modelHistory)).toEqual([null])
  expect(events.filter(({ type }) => type === 'models')).toHaveLength(6)
  expect(events.filter(({ type }) => type === 'settings')).toHaveLength(6)
})

it('skips bundles that are gone, and does nothing for the active one', async () => {
  const { parts, ids, active } = await bench(['shipped', 'a', 'b'])
  await activateBundle(parts, named('a'))
  await activateBundle(parts, named('b'))
  await activateBundle(parts, named('b'))
  expect(parts.settings.get().modelHistory).toHaveLength(3)
  ids.splice(ids.indexOf('a'), 1)
  expect(await active()).toEqual(['back to shipped', 'b'])
  await goBack(parts)
  expect(await active()).toEqual(['shipped'])
})

it('keeps the active bundle if another one fails its test', async () => {
  const { parts, spoilt, active } = await bench(['shipped', 'a', 'b'])
  await activateBundle(parts, named('a'))
  spoilt.add('b').add('shipped')
  await expect(activateBundle(parts, named('b'))).rejects.toMatchObject({ code: 'bundle.selfTest' })
  await expect(goBack(parts)).rejects.toMatchObject({ code: 'bundle.selfTest' })
  await expect(activateBundle(parts, named('c'))).rejects.toMatchObject({ code: 'bundle.notFound' })
  expect(await active()).toEqual(['back to shipped', 'a'])
})
