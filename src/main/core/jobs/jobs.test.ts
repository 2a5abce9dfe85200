import { expect, it, onTestFinished, vi } from 'vitest'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { JobKind } from '../../../shared/model/job.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { createLog } from '../log/log.ts'
import { jobEvents, type JobEvents } from './jobs.fixture.ts'
import { createJobs, type Jobs } from './jobs.ts'
import type { JobContext, JobResult, JobRunner } from './runner.ts'

async function catalogue(): Promise<Catalogue> {
  const made = await createCatalogue(temporaryFolder(), 'jobs')
  onTestFinished(() => made.close())
  return made
}

/** A runner that does what the test says. */
function runner(kind: JobKind, run: (context: JobContext, options: unknown) => Promise<unknown>): JobRunner {
  return { kind, run: async (context, options) => ((await run(context, options)) ?? null) as JobResult | null }
}

/** Takes up jobs and collects what is told about them. `ended` waits for the end of one. */
async function scheduler(open: Catalogue, runners: JobRunner[]): Promise<{ jobs: Jobs } & Pick<JobEvents, 'told' | 'until' | 'ended'>> {
  const { publish, told, until, ended } = jobEvents()
  const jobs = createJobs({ catalogue: open, publish, runners, log: createLog({ folder: null }) })
  await jobs.takeUp({ resumeImports: true })
  return { jobs, told, until, ended }
}

/** Resolves when the signal aborts, as a runner between two items does. */
function untilStopped({ signal }: JobContext): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Cancelled())))
}

it('runs a job, counts its items and tells how far it is now and then, the end always', async () => {
  const { jobs, told, until, ended } = await scheduler(await catalogue(), [
    runner('import', async ({ setTotal, count }) => {
      setTotal(300)
      for (let item = 0; item < 300; item++) {
        count(item % 3 === 0 ? 'refused' : 'taken')
        if (item % 100 === 0) await until((event) => event.type === 'job' && event.job.done > item)
      }
      return { folder: 'x' }
    })
  ])
  const id = await jobs.start('import', 'Photographs', { folder: '/x' })
  const job = await ended(jobs, id)
  expect(job).toMatchObject({
    state: 'done',
    total: 300,
    done: 300,
    counts: { taken: 200, refused: 100 },
    result: { folder: 'x' },
    error: null
  })
  expect(told.at(-1)).toEqual(job)
  // Besides progress: waiting, running and the end. Nothing is told of items that were counted in one go.
  expect(told.length).toBeLessThan(20)
})

it('runs one job of a kind at a time, others beside it', async () => {
  const order: string[] = []
  const release: (() => void)[] = []
  const { jobs, ended } = await scheduler(await catalogue(), [
    runner('import', async (_, options) => {
      order.push(String(options))
      await new Promise<void>((resolve) => release.push(resolve))
    }),
    runner('predict', async () => void order.push('predict'))
  ])
  const first = await jobs.start('import', 'first', 'first')
  const second = await jobs.start('import', 'second', 'second')
  const predict = await jobs.start('predict', 'predict', null)
  expect((await ended(jobs, predict)).state).toBe('done')
  expect(order).toEqual(['first', 'predict'])
  expect((await jobs.list()).find(({ id }) => id === second)?.state).toBe('waiting')
  release[0]?.()
  await ended(jobs, first)
  await vi.waitFor(() => expect(order).toEqual(['first', 'predict', 'second']))
  release[1]?.()
  expect((await ended(jobs, second)).state).toBe('done')
})

it('stops a running and a waiting job, and resumes when asked to', async () => {
  let runs = 0
  const { jobs, ended } = await scheduler(await catalogue(), [
    runner('predict', async (context) => {
      context.setTotal(10)
      context.count('done', runs * 4, { resumed: true })
      runs++
      if (runs > 1) return context.count('done', 6)
      context.count('done', 4)
      return untilStopped(context)
    })
  ])
  const first = await jobs.start('predict', 'first', null)
  const second = await jobs.start('predict', 'second', null)
  expect(await jobs.stop(second)).toMatchObject({ state: 'stopped' })
  await vi.waitFor(async () => expect((await jobs.list()).find(({ id }) => id === first)?.done).toBe(4))
  expect(await jobs.stop(first)).toMatchObject({ state: 'stopped', done: 4, total: 10 })
  await jobs.resume(first)
  expect(await ended(jobs, first)).toMatchObject({ state: 'done', done: 10 })
  await expect(jobs.resume(first)).rejects.toMatchObject({ code: 'jobs.finished' })
  await expect(jobs.stop(77)).rejects.toMatchObject({ code: 'jobs.notFound' })
})

it('fails a job with the code of an expected error, or with a trace for a bug; the next one runs', async () => {
  const { jobs, ended } = await scheduler(await catalogue(), [
    runner('export', async (_, options) => {
      if (options === 'disk') throw new AppError('catalogue.diskFull', { folder: '/x' })
      if (options === 'bug') throw new TypeError('x is not a function')
    })
  ])
  const disk = await jobs.start('export', 'disk', 'disk')
  const bug = await jobs.start('export', 'bug', 'bug')
  const fine = await jobs.start('export', 'fine', 'fine')
  expect((await ended(jobs, disk)).error).toEqual({ code: 'catalogue.diskFull', data: { folder: '/x' } })
  expect((await ended(jobs, bug)).error).toMatchObject({ code: 'bug', data: { trace: expect.stringMatching(/^[0-9a-f]{8}$/) as string } })
  expect((await ended(jobs, fine)).state).toBe('done')
})

it('finds interrupted jobs: imports resume by themselves, others when asked', async () => {
  const first = await catalogue()
  const broken = await scheduler(first, [runner('import', untilStopped), runner('predict', untilStopped)])
  const imported = await broken.jobs.start('import', 'import', { folder: '/x' })
  const predicted = await broken.jobs.start('predict', 'predict', null)
  await vi.waitFor(async () => expect((await broken.jobs.list()).every(({ state }) => state === 'running')).toBe(true))
  // The program is killed: the jobs stay `running` in the file.
  await first.close()

  const second = await openCatalogue(first.folder)
  onTestFinished(() => second.close())
  const options = vi.fn()
  const { jobs, ended } = await scheduler(second, [
    runner('import', async (_, given) => options(given)),
    runner('predict', async () => undefined)
  ])
  expect((await ended(jobs, imported)).state).toBe('done')
  expect(options).toHaveBeenCalledWith({ folder: '/x' })
  expect((await jobs.list()).find(({ id }) => id === predicted)?.state).toBe('interrupted')
  await jobs.resume(predicted)
  expect((await ended(jobs, predicted)).state).toBe('done')
})

it('interrupts what runs when the catalogue closes', async () => {
  const open = await catalogue()
  const { jobs, told } = await scheduler(open, [runner('predict', untilStopped)])
  const id = await jobs.start('predict', 'predict', null)
  await jobs.start('predict', 'waits', null)
  await vi.waitFor(() => expect(told.at(-1)?.state).toBe('waiting'))
  await jobs.close()
  const states = (await open.read('jobs', { limit: 10 })).map(({ state }) => state)
  expect(states).toEqual(['interrupted', 'interrupted'])
  expect(told.find((job) => job.id === id && job.state === 'interrupted')).toBeDefined()
})

/** A catalogue on whose disk there is no room while `full` is true. */
function onSmallDisk(open: Catalogue): { catalogue: Catalogue; disk: { full: boolean } } {
  const disk = { full: false }
  const write: Catalogue['write'] = (name, ...input) =>
    disk.full ? Promise.reject(new AppError('catalogue.diskFull', { folder: open.folder })) : open.write(name, ...input)
  return { catalogue: { ...open, write }, disk }
}

it('ends a job with an error if its state cannot be stored, and resumes it once there is room', async () => {
  const open = await catalogue()
  const { catalogue: small, disk } = onSmallDisk(open)
  const { jobs, told, ended } = await scheduler(small, [
    runner('import', async ({ count }) => {
      count('taken')
      if (told.some(({ state }) => state === 'failed')) return
      disk.full = true
      await small.write('setProperty', { key: 'a', value: 'b' })
    })
  ])
  const id = await jobs.start('import', 'Photographs', { folder: '/x' })
  await vi.waitFor(() => expect(told.at(-1)?.state).toBe('failed'))
  const failed = { state: 'failed', error: { code: 'catalogue.diskFull', data: { folder: open.folder } } }
  expect(await jobs.list()).toMatchObject([failed])
  await expect(jobs.resume(id)).rejects.toMatchObject({ code: 'catalogue.diskFull' })
  expect(await jobs.list()).toMatchObject([failed])
  expect(await jobs.stop(id)).toMatchObject(failed)
  disk.full = false
  await jobs.resume(id)
  expect(await ended(jobs, id)).toMatchObject({ state: 'done', counts: { taken: 1 } })
  expect(await open.read('job', id)).toMatchObject({ state: 'done' })
})

it('does not call a job done whose end cannot be stored', async () => {
  const open = await catalogue()
  const { catalogue: small, disk } = onSmallDisk(open)
  const { jobs, ended } = await scheduler(small, [runner('export', async () => void (disk.full = true))])
  const id = await jobs.start('export', 'C', null)
  expect(await ended(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'catalogue.diskFull' } })
  disk.full = false
  await jobs.close()
  expect(await open.read('job', id)).toMatchObject({ state: 'failed', error: { code: 'catalogue.diskFull' } })
})

it('shows a job as interrupted that the file has as running and nobody works on', async () => {
  const open = await catalogue()
  const id = await open.write('createJob', { kind: 'predict', title: 'C', options: null, at: 'now' })
  const log = createLog({ folder: null })
  const { publish, ended } = jobEvents()
  const jobs = createJobs({ catalogue: open, publish, runners: [runner('predict', async () => undefined)], log })
  expect(await jobs.list()).toMatchObject([{ id, state: 'interrupted' }])
  await jobs.resume(id)
  expect((await ended(jobs, id)).state).toBe('done')
})

it('closes even if a job does not answer and nothing can be stored', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { catalogue: small, disk } = onSmallDisk(await catalogue())
  const deaf = vi.fn(() => new Promise(() => undefined))
  const { jobs } = await scheduler(small, [runner('predict', deaf)])
  await jobs.start('predict', 'C', null)
  await vi.waitFor(() => expect(deaf).toHaveBeenCalled())
  disk.full = true
  const closing = expect(jobs.close()).rejects.toMatchObject({ code: 'catalogue.diskFull' })
  await vi.advanceTimersByTimeAsync(3000)
  await closing
})
