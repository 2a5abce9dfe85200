/** Trainings through the whole core with a stand-in for the trainer: protocol, stops, crashes, bad bundles, activation. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { epochGate } from '../../../../tests/fixtures/training/epoch-gate.ts'
import { close, objectIds, studio, wish, type Studio } from './training.fixture.ts'

const pitxell = 'objectTypes/contenidor | atuell | pitxell'
const seconds = 600_000

/** A studio with ten closed objects of eleven. */
async function ready(): Promise<Studio> {
  const made = await studio({ objects: 11 })
  await close(made, (await objectIds(made)).slice(0, 10), pitxell)
  return made
}

const runFolder = ({ folder }: Studio, jobId: number): string => join(folder, 'Ceràmica.fitxa', 'training', String(jobId), 'run')
const installed = ({ folder }: Studio): string[] =>
  existsSync(join(folder, 'data', 'models')) ? readdirSync(join(folder, 'data', 'models')) : []

describe('a training', () => {
  it(
    'reads closed facets, tells how far it is, and installs a bundle that is activated by one call and given up by another',
    async () => {
      wish({ epochs: 4 })
      const made = await ready()
      const { core, events } = made
      const set = await core.call.training.set()
      expect(set).toMatchObject({ objects: 10, pictures: 11, problem: null })
      const [objectTypes, materials] = set.facets
      expect(objectTypes).toMatchObject({ facet: 'objectTypes', closed: 10, pictures: 11, minimum: 10, trainable: 3 })
      expect(objectTypes?.terms.map(({ term, pictures, lacking }) => [term.key.split(' | ').length, pictures, lacking])).toEqual([
        [1, 11, 0],
        [2, 11, 0],
        [3, 11, 0]
      ])
      expect(materials).toMatchObject({ closed: 0, pictures: 0, terms: [] })
      expect(await core.call.training.environment()).toMatchObject({ state: 'ready', own: false, device: { kind: 'cpu' }, problem: null })

      const { jobId: predicted } = await core.call.predictions.start({ scope: 'missing' })
      await made.ended(predicted)
      const { jobId } = await core.call.training.start({ title: 'Model de ceràmica' })
      const job = await made.ended(jobId)
      expect(job).toMatchObject({
        kind: 'train',
        state: 'done',
        error: null,
        total: 4,
        done: 4,
        result: { bundle: 'ceramica', version: '1.0.0' }
      })

      const state = await core.call.training.state({ jobId })
      expect(state).toMatchObject({
        stage: 'check',
        epoch: 4,
        epochs: 4,
        bundle: { id: 'ceramica', version: '1.0.0' },
        base: { id: 'starter' }
      })
      expect(state.curve.map(({ epoch, validation }) => [epoch, validation])).toEqual(
        [1, 2, 3, 4].map((epoch) => [epoch, { objectTypes: 0.5 + epoch / 100 }])
      )
      expect(state.warnings).toEqual([{ code: 'trainer.tags.ignored', data: { count: 3 }, message: '3 tags are ignored.' }])
      expect(state.log).toEqual(['the stand-in reads 11 pictures'])
      expect(readFileSync(state.logFile ?? '', 'utf8')).toContain('reads 11 pictures')
      expect(events.filter(({ type }) => type === 'training').length).toBeGreaterThan(0)
      expect(existsSync(join(made.folder, 'Ceràmica.fitxa', 'training', String(jobId), 'data')), 'data are tidied away').toBe(false)

      const bundles = await core.call.models.list()
      expect(bundles.map(({ id, active, previous, source }) => ({ id, active, previous, source }))).toEqual([
        { id: 'starter', active: true, previous: false, source: 'shipped' },
        { id: 'ceramica', active: false, previous: false, source: 'trained' }
      ])
      expect(bundles[1]).toMatchObject({
        title: { ca: 'Model de ceràmica' },
        trained: { catalogue: 'Ceràmica', pictures: 11, base: { id: 'starter' }, target: null },
        problem: null
      })
      expect(events.filter(({ type }) => type === 'models')).toHaveLength(1)
      expect(await core.call.training.compare({ id: 'ceramica', version: '1.0.0' })).toMatchObject({
        other: { id: 'starter' },
        samePictures: true,
        otherActive: true,
        facets: [{ facet: 'objectTypes', bundle: { rPrecision: 0.6, ece: 0.04 }, other: { rPrecision: 0.5 } }],
        counts: { better: 1, worse: 1, equal: 1 },
        terms: [{ verdict: 'better', value: 0.9, otherValue: 0.4 }, { verdict: 'worse' }, { verdict: 'equal' }]
      })

      const [objectId = 0] = await objectIds(made)
      const before = await core.call.objects.record({ objectId })
      expect(await core.call.models.activate({ id: 'ceramica', version: '1.0.0' })).toMatchObject([
        { id: 'starter', active: false, previous: true },
        { id: 'ceramica', active: true, previous: false }
      ])
      expect((await core.call.objects.record({ objectId })).run, 'old suggestions keep their run').toEqual(before.run)
      expect((await core.call.training.compare({ id: 'ceramica', version: '1.0.0' })).otherActive).toBe(false)

      const again = await made.restart()
      expect((await again.core.call.models.list()).find(({ active }) => active)?.id, 'after a restart').toBe('ceramica')
      await again.ended((await again.core.call.predictions.start({ scope: 'missing' })).jobId)
      expect((await again.core.call.objects.record({ objectId })).run).toMatchObject({ bundleId: 'ceramica', bundleVersion: '1.0.0' })
      expect(await again.core.call.models.back()).toMatchObject([{ active: true }, { active: false }])
      await expect(again.core.call.models.back()).rejects.toMatchObject({ data: { code: 'models.noPrevious' } })
      const { modelHistory } = await again.core.call.settings.get()
      expect(modelHistory.map(({ how, bundle }) => [how, bundle])).toEqual([
        ['activated', null],
        ['activated', 'ceramica@1.0.0'],
        ['back', null]
      ])

      const { jobId: second } = await again.core.call.training.start({})
      expect(await again.ended(second), 'the next version').toMatchObject({ result: { version: '2.0.0' } })
    },
    seconds
  )

  it(
    'that is stopped resumes from its checkpoint, also after the program ended, and a new one with the same options resumes it',
    async () => {
      const made = await ready()
      const gate = epochGate(made.folder)
      wish({ epochs: 6, gate: gate.file })
      gate.allow(2)
      const { jobId } = await made.core.call.training.start({})
      await made.until(jobId, ({ epoch }) => (epoch ?? 0) >= 2)
      expect(await made.core.call.jobs.stop({ jobId })).toMatchObject({ state: 'stopped', error: null })
      const stopped = await made.core.call.training.state({ jobId })
      expect(stopped.warnings.map(({ code }) => code)).toEqual(['trainer.tags.ignored'])
      gate.allow(4)
      await made.core.call.jobs.resume({ jobId })
      await made.until(jobId, ({ epoch }) => (epoch ?? 0) >= 4)
      const again = await made.restart()
      expect((await again.core.call.jobs.list()).find(({ id }) => id === jobId)).toMatchObject({ state: 'interrupted' })
      expect((await again.core.call.training.state({ jobId })).curve.map(({ epoch }) => epoch).slice(0, 4)).toEqual([1, 2, 3, 4])
      gate.allow(6)
      expect(await again.core.call.training.start({ goOn: true })).toEqual({ jobId })
      expect(await again.ended(jobId)).toMatchObject({ state: 'done', done: 6 })
      const result = JSON.parse(readFileSync(join(runFolder(again, jobId), 'result.json'), 'utf8')) as { startedAfter: number }
      expect(result.startedAfter).toBeGreaterThanOrEqual(4)
      expect((await again.core.call.training.state({ jobId })).curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6])
    },
    seconds
  )

  it(
    'that crashes reports it in a sentence, keeps the log, and resumes from its checkpoint',
    async () => {
      wish({ epochs: 3, crashAt: 3 })
      const made = await ready()
      const { jobId } = await made.core.call.training.start({})
      const job = await made.ended(jobId)
      const { logFile } = await made.core.call.training.state({ jobId })
      expect(job).toMatchObject({
        state: 'failed',
        error: { code: 'training.crashed', data: { reason: 'RuntimeError: the stand-in fell over', file: logFile } }
      })
      expect(readFileSync(logFile ?? '', 'utf8')).toContain('Traceback')
      expect(installed(made)).toEqual([])
      await made.core.call.jobs.resume({ jobId })
      expect(await made.ended(jobId)).toMatchObject({ state: 'done', error: null })
      const result = JSON.parse(readFileSync(join(runFolder(made, jobId), 'result.json'), 'utf8')) as { startedAfter: number }
      expect(result.startedAfter).toBe(2)
    },
    seconds
  )

  it(
    'ignores lines that are no messages, reports them once, and translates errors of the trainer',
    async () => {
      wish({ badLines: true })
      const made = await ready()
      const { jobId } = await made.core.call.training.start({})
      expect(await made.ended(jobId)).toMatchObject({ state: 'done' })
      const { warnings, log } = await made.core.call.training.state({ jobId })
      expect(warnings.map(({ code }) => code)).toEqual(['training.badLine', 'trainer.tags.ignored'])
      expect(log).toEqual(expect.arrayContaining(['{not json', '{"type": "later", "kind": 1}']))

      wish({ refuse: 'facet.empty' })
      const refused = await made.ended((await made.core.call.training.start({})).jobId)
      expect(refused.error).toMatchObject({ code: 'trainer.facet.empty', data: { facet: 'materials', minimum: 10 } })
      wish({ refuse: 'something.new' })
      const unknown = await made.ended((await made.core.call.training.start({})).jobId)
      expect(unknown.error).toMatchObject({
        code: 'training.refused',
        data: { message: expect.stringContaining('no tag with 10') as string }
      })
    },
    seconds
  )

  it(
    'whose bundle does not pass the check of every bundle installs nothing',
    async () => {
      const made = await ready()
      for (const [told, code] of [
        [{ bundle: 'hash' }, 'bundle.hash'],
        [{ bundle: 'other' }, 'training.otherBundle'],
        [{ bundle: 'none' }, 'bundle.missing'],
        [{ badResult: true }, 'training.badResult']
      ] as const) {
        wish(told)
        expect((await made.ended((await made.core.call.training.start({})).jobId)).error?.code).toBe(code)
      }
      expect(installed(made)).toEqual([])
      expect(await made.core.call.models.list()).toHaveLength(1)
    },
    seconds
  )

  it(
    'does not start without enough closed pictures, a base that is there, or a Python that works',
    async () => {
      const made = await studio({ objects: 3 })
      const { core } = made
      await expect(core.call.training.start({})).rejects.toMatchObject({ data: { code: 'training.nothingClosed' } })
      const ids = await objectIds(made)
      await close(made, ids, pitxell)
      expect((await core.call.training.set()).facets[0]?.terms[0]).toMatchObject({ pictures: 4, lacking: 6 })
      await expect(core.call.training.start({})).rejects.toMatchObject({
        data: { code: 'training.tooFewPictures', data: { pictures: 4, minimum: 10, minimumSubjects: 5 } }
      })
      await expect(core.call.training.state({ jobId: 999 })).rejects.toMatchObject({ data: { code: 'training.notFound' } })
      await expect(core.call.models.activate({ id: 'none', version: '1' })).rejects.toMatchObject({ data: { code: 'bundle.notFound' } })
      const job = await made.ended((await core.call.training.setUp({ python: join(made.folder, 'no-python') })).jobId)
      expect(job).toMatchObject({ kind: 'environment', state: 'failed', error: { code: 'training.pythonNotFound' } })
    },
    seconds
  )
})
