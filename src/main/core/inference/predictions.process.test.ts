/** Suggestions from real photographs with the starter bundle, through the real import, catalogue and process. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract.ts'
import { facets } from '../../../shared/model/facet.ts'
import type { Job } from '../../../shared/model/job.ts'
import { suggestionsOf } from '../annotation/suggestions.ts'
import { createCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { openReader } from '../catalogue/connection.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { createImportRunner } from '../import/runner.ts'
import { createImports } from '../import/import.ts'
import { createJobs, type Jobs } from '../jobs/jobs.ts'
import { createLog } from '../log/log.ts'
import { createMedia, type Media } from '../media/media.ts'
import { keptFile } from '../media/thumbnails.ts'
import { loadVocabulary, type Vocabulary } from '../vocabulary/vocabulary.ts'
import type { Engine } from './engine.ts'
import { createInference, type Inference } from './inference.ts'
import { createPredictions, type Predictions } from './predictions.ts'

const root = join(import.meta.dirname, '../../../..')
const photographs = join(root, 'tests/fixtures/parity/images')
const log = createLog({ folder: null })

let vocabulary: Vocabulary
let inference: Inference
let folder = ''
let events: CoreEvent[] = []
let catalogue: Catalogue
let media: Media
let predictions: Predictions
let jobs: Jobs

beforeAll(async () => {
  vocabulary = await loadVocabulary(join(root, 'resources/vocabulary'))
  const settings = { get: () => ({ device: 'cpu' as const, modelBundle: null }) }
  const bundleFolders = [join(root, 'resources/models')]
  inference = createInference({ bundleFolders, settings, vocabulary, log, publish: (event) => void events.push(event) })
})
afterAll(() => inference.close())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fitxa-predictions-'))
  events = []
  catalogue = await createCatalogue(folder, 'test')
  media = createMedia({ threads: 2 })
  await open(inference)
})
afterEach(async () => {
  await close()
  await media.close()
  await catalogue.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(source: Pick<Inference, 'acquire'>): Promise<void> {
  const publish = (event: CoreEvent): void => void events.push(event)
  predictions = createPredictions({ catalogue, inference: source, vocabulary, publish, log })
  const predict = (): Promise<void> => Promise.resolve()
  const runners = [createImportRunner({ catalogue, media, publish, log, predict, backUp: () => Promise.resolve() }), predictions.runner]
  jobs = createJobs({ catalogue, publish, runners, log })
}

async function close(): Promise<void> {
  await jobs.close()
  await predictions.close()
}

/** Imports `count` of the photographs; returns the folder they lie in. */
async function importPhotographs(count: number): Promise<string> {
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  const names = readdirSync(photographs)
  for (let index = 0; index < count; index++) {
    const name = names[index % names.length] ?? ''
    const copy = join(photos, `${String(index).padStart(3, '0')}-${name}`)
    cpSync(join(photographs, name), copy)
    // What follows the end of a JPEG is no part of the picture: another file with the same look.
    if (index >= names.length) appendFileSync(copy, String(index))
  }
  const id = await createImports({ catalogue, jobs }).start({ folder: photos })
  expect((await ended(id)).state).toBe('done')
  return photos
}

async function ended(id: number): Promise<Job> {
  const final = ['done', 'failed', 'stopped', 'interrupted']
  const last = (): Job | undefined => {
    const event = events.findLast((candidate) => candidate.type === 'job' && candidate.job.id === id)
    return event?.type === 'job' && final.includes(event.job.state) ? event.job : undefined
  }
  await expect.poll(last).toBeDefined()
  return last()!
}

const predict = async (scope: 'missing' | 'all' = 'missing'): Promise<Job> => await ended(await jobs.start('predict', 'test', { scope }))

/** Rows of a query on the catalogue's file, past all caches. */
function rows<Row>(sql: string): Row[] {
  const connection = openReader(cataloguePaths(catalogue.folder).database)
  try {
    return connection.prepare<[], Row>(sql).all()
  } finally {
    connection.close()
  }
}

/** Pictures that have suggestions. */
const predicted = (): number => rows<{ n: number }>('SELECT count(DISTINCT image_id) AS n FROM prediction')[0]?.n ?? 0

/** The inference whose engine takes `free` pictures of a job and lets the others wait until they are released; what is on screen never waits. */
function holding(free: number): { source: Pick<Inference, 'acquire'>; release: () => void } {
  const released = new AbortController()
  let taken = 0
  const source: Pick<Inference, 'acquire'> = {
    async acquire(signal) {
      const lease = await inference.acquire(signal)
      const predict: Engine['predict'] = async (picture, options = {}) => {
        if (options.urgent !== true && ++taken > free)
          await endOf(AbortSignal.any([released.signal, ...(options.signal ? [options.signal] : [])]))
        return await lease.engine.predict(picture, options)
      }
      return { ...lease, engine: Object.create(lease.engine, { predict: { value: predict } }) as Engine }
    }
  }
  return { source, release: () => released.abort() }
}

async function endOf(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

describe('a job of suggestions', () => {
  it('stores ten suggestions of each facet with members scores, under a run, and tells which objects changed', async () => {
    await importPhotographs(4)
    const job = await predict()
    expect(job).toMatchObject({ state: 'done', total: 4, done: 4, counts: { predicted: 4, refused: 0 }, error: null })
    expect(job.result).toMatchObject({ predicted: 4, refused: 0, fromScreen: 0 })
    const [run, ...others] = rows<Record<string, unknown>>('SELECT * FROM run')
    expect(others).toEqual([])
    expect(run).toMatchObject({ id: job.result?.run, bundle_id: 'starter', device: 'cpu', job_id: job.id })
    expect(run?.finished_at).not.toBeNull()
    const connection = openReader(cataloguePaths(catalogue.folder).database)
    for (const { id } of rows<{ id: number }>('SELECT id FROM object')) {
      const suggestions = suggestionsOf(connection, id)
      for (const facet of facets) {
        const list = suggestions.facets[facet]
        expect(list.length).toBeGreaterThan(0)
        expect(list.length).toBeLessThanOrEqual(10)
        for (const suggestion of list) {
          expect(vocabulary.has(suggestion.key)).toBe(true)
          expect(Object.keys(JSON.parse(suggestion.members) as object)).toEqual(['multilabel', 'softmax', 'clip-prompt'])
          expect(suggestion.probability).toBeGreaterThanOrEqual(0)
          expect(suggestion.probability).toBeLessThanOrEqual(1)
        }
      }
    }
    connection.close()
    expect(rows<{ n: number }>('SELECT count(*) AS n FROM object WHERE uncertainty BETWEEN 0 AND 1')).toEqual([{ n: 4 }])
    const told = events.flatMap((event) => (event.type === 'objects' ? (event.ids ?? []) : []))
    expect(new Set(told).size).toBe(4)
  }, 120_000)

  it('predicts only what is missing, or all again when asked, in a run of its own', async () => {
    await importPhotographs(3)
    await predict()
    expect(await predict()).toMatchObject({ state: 'done', total: 0, done: 0 })
    expect(rows('SELECT id FROM run')).toHaveLength(1)
    expect(await predict('all')).toMatchObject({ state: 'done', counts: { predicted: 3 } })
    expect(rows('SELECT DISTINCT run_id FROM prediction')).toHaveLength(2)
  }, 120_000)

  it('takes the picture that the catalogue keeps where the original is gone or changed, and refuses what has neither', async () => {
    const photos = await importPhotographs(5)
    const [gone = '', changed = '', lost = ''] = readdirSync(photos)
    rmSync(join(photos, gone))
    truncateSync(join(photos, changed), 1000)
    rmSync(join(photos, lost))
    const images = rows<{ id: number; sha256: string; path: string }>(
      'SELECT image.id, sha256, path FROM image JOIN location ON location.image_id = image.id'
    )
    const lostImage = images.find((image) => image.path.endsWith(lost))!
    rmSync(keptFile(catalogue.folder, lostImage.sha256, 'screen'))
    const job = await predict()
    expect(job).toMatchObject({ state: 'done', counts: { predicted: 4, refused: 1 } })
    expect(job.result).toMatchObject({ fromScreen: 2 })
    expect(rows(`SELECT key, reason FROM job_item WHERE job_id = ${job.id}`)).toEqual([
      { key: String(lostImage.id), reason: 'inference.noPicture' }
    ])
  }, 120_000)

  it('stops between two pictures and resumes the same run', async () => {
    await importPhotographs(80)
    const { source, release } = holding(10)
    await close()
    await open(source)
    const id = await jobs.start('predict', 'test', { scope: 'all' })
    await expect.poll(predicted).toBeGreaterThan(0)
    // The other pictures get no answer, so that the stop does not wait for them.
    expect((await jobs.stop(id)).state).toBe('stopped')
    expect(predicted()).toBeLessThanOrEqual(10)
    release()
    await jobs.resume(id)
    expect(await ended(id)).toMatchObject({ state: 'done', total: 80, counts: { predicted: 80, refused: 0 } })
    expect(rows('SELECT id FROM run')).toHaveLength(1)
    expect(rows('SELECT DISTINCT image_id FROM prediction')).toHaveLength(80)
  }, 120_000)

  it('fails with a reason a person can read where no bundle can be used', async () => {
    await importPhotographs(1)
    await close()
    mkdirSync(join(folder, 'models', 'broken'), { recursive: true })
    writeFileSync(join(folder, 'models', 'broken', 'model.json'), '{}')
    const settings = { get: () => ({ device: 'cpu' as const, modelBundle: null }) }
    const publish = (event: CoreEvent): void => void events.push(event)
    const broken = createInference({ bundleFolders: [join(folder, 'models')], settings, vocabulary, log, publish })
    await open(broken)
    expect(await predict()).toMatchObject({ state: 'failed', error: { code: 'bundle.manifest' } })
    expect(broken.device()).toMatchObject({ state: 'failed', error: { code: 'bundle.manifest' } })
    expect(await broken.bundles()).toMatchObject([{ id: 'broken', problem: 'bundle.manifest', active: false }])
    await expect(predictions.prioritise(1)).resolves.toBeUndefined()
  }, 120_000)
})

describe('the picture on screen', () => {
  it('is predicted by itself, in one run for all that were looked at', async () => {
    await importPhotographs(3)
    const [first, second] = rows<{ id: number }>('SELECT id FROM object ORDER BY id')
    await predictions.prioritise(first!.id)
    await predictions.prioritise(second!.id)
    await predictions.prioritise(first!.id)
    expect(rows('SELECT job_id FROM run')).toEqual([{ job_id: null }])
    expect(rows('SELECT DISTINCT image_id FROM prediction')).toHaveLength(2)
    await predictions.close()
    expect(rows('SELECT id FROM run WHERE finished_at IS NOT NULL')).toHaveLength(1)
  }, 120_000)

  it('goes before the pictures of a running job, in its run, and is counted once', async () => {
    await importPhotographs(80)
    const { source, release } = holding(10)
    await close()
    await open(source)
    const id = await jobs.start('predict', 'test', { scope: 'missing' })
    await expect.poll(predicted).toBeGreaterThan(0)
    const [last] = rows<{ id: number }>('SELECT id FROM object ORDER BY id DESC LIMIT 1')
    await predictions.prioritise(last!.id)
    expect(predicted()).toBeLessThanOrEqual(11)
    expect(rows(`SELECT DISTINCT image_id FROM prediction JOIN image ON image.id = image_id WHERE object_id = ${last!.id}`)).toHaveLength(1)
    release()
    expect(await ended(id)).toMatchObject({ state: 'done', total: 80, counts: { predicted: 80 } })
    expect(rows('SELECT id FROM run')).toHaveLength(1)
  }, 120_000)

  it('is counted once though the job is at it in the same moment', async () => {
    await importPhotographs(20)
    const id = await jobs.start('predict', 'test', { scope: 'missing' })
    await expect.poll(() => rows('SELECT id FROM run').length).toBe(1)
    await Promise.all(rows<{ id: number }>('SELECT id FROM object').map((object) => predictions.prioritise(object.id)))
    expect(await ended(id)).toMatchObject({ state: 'done', total: 20, counts: { predicted: 20, refused: 0 } })
    expect(rows('SELECT DISTINCT image_id FROM prediction')).toHaveLength(20)
  }, 120_000)
})
