import { expect, it, onTestFinished, vi } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { createLog } from '../log/log.ts'
import { createCatalogue, type Catalogue } from '../operations/catalogue.ts'
import type { EngineLease, Inference } from './inference.ts'
import { createPredictions, type Predictions } from './predictions.ts'
import type { Prediction } from './protocol.ts'

const key = 'materials/argila'
const full = new AppError('catalogue.diskFull', { folder: '/x' })

/** Suggestions by an engine that always says the same, in a catalogue whose writes fail while they are named in `failing`. */
async function studio(objects = 1): Promise<{
  catalogue: Catalogue
  predictions: Predictions
  failing: Set<string>
  leases: () => number
  ids: number[]
}> {
  const open = await createCatalogue(temporaryFolder(), 'C')
  onTestFinished(() => open.close())
  const filler = fill(open.folder)
  const ids = Array.from({ length: objects }, (_, index) => filler.object(`MUS ${index}`).id)
  filler.connection.exec(`UPDATE image SET sha256 = printf('%064x', id)`)
  filler.close()
  const failing = new Set<string>()
  const write: Catalogue['write'] = (name, ...input) => (failing.has(name) ? Promise.reject(full) : open.write(name, ...input))
  const catalogue = { ...open, write }
  let leases = 0
  const prediction = { from: 'original', facets: { materials: [{ index: 0, rank: 1, score: 0.5, probability: 0.5, members: {} }] } }
  const engine = { provider: 'cpu', capacity: 2, predict: () => Promise.resolve(prediction as unknown as Prediction) }
  const bundle = { sha256: 'hash', folder: '/b', manifest: { id: 'b', version: '1', tables: [], heads: [] } }
  const acquire = (): Promise<EngineLease> => {
    leases++
    let released = false
    const release = (): void => {
      if (!released) leases--
      released = true
    }
    return Promise.resolve({ engine, bundle, release } as unknown as EngineLease)
  }
  const vocabulary = { has: () => true, term: () => ({ aatId: null }) }
  const predictions = createPredictions({
    catalogue,
    inference: { acquire } as Pick<Inference, 'acquire'>,
    vocabulary: vocabulary as never,
    publish: () => undefined,
    log: createLog({ folder: null })
  })
  return { catalogue, predictions, failing, leases: () => leases, ids }
}

vi.mock('./manifest.ts', async (original) => ({
  ...(await original<object>()),
  facetTables: () => [['materials', { terms: [key] }]]
}))

async function runs(catalogue: Catalogue): Promise<number> {
  return (await catalogue.read('statistics')).runs
}

it('begins a run for pictures on screen again after one could not be begun', async () => {
  const { catalogue, predictions, failing, leases, ids } = await studio()
  failing.add('beginRun')
  await expect(predictions.prioritise(ids[0] ?? 0)).rejects.toBe(full)
  expect(leases()).toBe(0)
  failing.clear()
  await predictions.prioritise(ids[0] ?? 0)
  expect(leases()).toBe(1)
  expect(await catalogue.read('statistics')).toMatchObject({ suggested: 1 })
  await predictions.close()
  expect(leases()).toBe(0)
})

it('begins another run after suggestions could not be stored, and predicts those pictures again', async () => {
  const { catalogue, predictions, failing, leases, ids } = await studio(2)
  failing.add('storePredictions')
  await expect(predictions.prioritise(ids[0] ?? 0)).rejects.toBe(full)
  expect(leases()).toBe(0)
  failing.clear()
  for (const id of ids) await predictions.prioritise(id)
  expect(await catalogue.read('statistics')).toMatchObject({ suggested: 2 })
  await predictions.close()
  expect(leases()).toBe(0)
})

it('releases the engine when its run cannot be finished, and says why', async () => {
  const { predictions, failing, leases, ids } = await studio()
  await predictions.prioritise(ids[0] ?? 0)
  failing.add('finishRun')
  await expect(predictions.close()).rejects.toBe(full)
  expect(leases()).toBe(0)
})

it('fails a job whose suggestions cannot be stored, without blaming a picture, and resumes its run', async () => {
  const { catalogue, predictions, failing, leases } = await studio(30)
  const jobId = await catalogue.write('createJob', { kind: 'predict', title: 'C', options: null, at: 'now' })
  const counts: Record<string, number> = {}
  const count = (state: string, n = 1): void => void (counts[state] = (counts[state] ?? 0) + n)
  const context = { jobId, signal: new AbortController().signal, setTotal: () => undefined, count }
  failing.add('storePredictions')
  await expect(predictions.runner.run(context, {})).rejects.toBe(full)
  expect(counts['refused']).toBe(0)
  expect(leases()).toBe(0)
  failing.clear()
  expect(await predictions.runner.run(context, {})).toMatchObject({ predicted: 30, refused: 0 })
  expect(await runs(catalogue)).toBe(1)
  await predictions.close()
})
