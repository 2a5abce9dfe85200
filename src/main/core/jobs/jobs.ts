import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Job, JobKind } from '../../../shared/model/job.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { endAll, endsWithin } from '../lib/end-all.ts'
import type { Log } from '../log/log.ts'
import { createJobStore } from './job-store.ts'
import type { StoredJob } from './operations.ts'
import { doneOf } from './progress.ts'
import { runJob, type RunningJob } from './run-job.ts'
import type { JobRunner } from './runner.ts'

/** How long closing waits for the runners, in milliseconds; one that does not answer is ended with its threads. */
const patience = 3000

/**
 * The jobs of an open catalogue. One job of each kind runs at a time: an import, suggestions and an export may run in parallel;
 * further jobs of a kind wait in order.
 */
export interface Jobs {
  /**
   * Finds the jobs that were interrupted: imports resume by themselves with `resumeImports`, others can be resumed. Call once.
   */
  takeUp(options: { resumeImports: boolean }): Promise<void>
  start(kind: JobKind, title: string, options: unknown): Promise<number>
  /** Stops a job that waits or runs, and returns it once it has ended. */
  stop(id: number): Promise<Job>
  /** Lets a stopped, interrupted or failed job resume where it stopped. */
  resume(id: number): Promise<Job>
  /** All jobs, the newest first. */
  list(): Promise<Job[]>
  /** Interrupts running jobs; they can be resumed when the catalogue is open again. Waits a few seconds at most. */
  close(): Promise<void>
}

export interface JobsOptions {
  readonly catalogue: Catalogue
  readonly publish: (event: CoreEvent) => void
  readonly runners: readonly JobRunner[]
  readonly log: Log
}

export function createJobs({ catalogue, publish, runners, log }: JobsOptions): Jobs {
  const runnerOf = new Map(runners.map((runner) => [runner.kind, runner]))
  const store = createJobStore(catalogue, log)
  const running = new Map<number, RunningJob>()
  let closed = false

  const view = (job: StoredJob): Job => viewOf(job, running.get(job.id))
  const tell = (job: StoredJob): void => publish({ type: 'job', job: view(job) })

  /** Starts every waiting job whose kind is free, the oldest first. */
  function schedule(): void {
    if (closed) return
    const busy = new Set(store.active().flatMap(({ id, kind }) => (running.has(id) ? [kind] : [])))
    for (const job of store.active()) {
      if (job.state !== 'waiting' || busy.has(job.kind)) continue
      busy.add(job.kind)
      run(job)
    }
  }

  function run(job: StoredJob): void {
    const started: StoredJob = { ...job, state: 'running', counts: {}, error: null, result: null, finishedAt: null }
    store.hold(started)
    const work = runJob(started, {
      runner: runnerOf.get(job.kind),
      save: (now) => store.save(now),
      changed: () => tell(started),
      log
    })
    // Storing the end is part of the work, so callers that wait for it find the final state.
    const ended = work.ended.then(async (end) => {
      const final = await store.end(end)
      running.delete(job.id)
      tell(final)
      schedule()
      return final
    })
    running.set(job.id, { ...work, ended })
  }

  async function enqueue(job: StoredJob): Promise<void> {
    const waiting: StoredJob = { ...job, state: 'waiting', error: null, finishedAt: null }
    try {
      await store.save(waiting)
    } catch (error) {
      // It was not queued: its state does not change, and it can be resumed once there is room.
      await store.end(job)
      throw error
    }
    tell(waiting)
    schedule()
  }

  return {
    async takeUp({ resumeImports }) {
      for (const job of await store.interruptOpen()) tell(job)
      if (!resumeImports) return
      // Jobs that a crash left open and jobs interrupted by closing, oldest first.
      for (const job of (await store.list()).reverse()) if (job.kind === 'import' && job.state === 'interrupted') await enqueue(job)
    },
    async start(kind, title, options) {
      const job = await store.create({ kind, title, options })
      tell(job)
      schedule()
      return job.id
    },
    async stop(id) {
      const job = await store.find(id)
      const work = running.get(id)
      if (work !== undefined) {
        work.stop('stopped')
        await work.ended
      } else if (job.state === 'waiting' || job.state === 'interrupted') {
        tell(await store.end({ ...job, state: 'stopped', finishedAt: new Date().toISOString() }))
      }
      return view(await store.find(id))
    },
    async resume(id) {
      const job = await store.find(id)
      if (job.state === 'done') throw new AppError('jobs.finished', { title: job.title })
      if (job.state !== 'waiting' && job.state !== 'running') await enqueue(job)
      return view(await store.find(id))
    },
    list: async () => (await store.list()).map(view),
    async close() {
      closed = true
      for (const work of running.values()) work.stop('interrupted')
      const kinds = store.active().map(({ kind }) => kind)
      await endAll([
        async () => {
          const ends = Promise.all([...running.values()].map(({ ended }) => ended))
          if (!(await endsWithin(ends, patience))) log.warn({ kinds }, 'jobs did not end in time')
        },
        () => store.saveEnds(),
        () => store.interruptOpen()
      ])
    }
  }
}

/** A job as it is published: with its progress while it runs. */
function viewOf(job: StoredJob, running: RunningJob | undefined): Job {
  const { id, kind, title, state, error, result, startedAt, finishedAt } = job
  const same = { id, kind, title, state, error, result, startedAt, finishedAt }
  const progress = running?.progress
  if (progress === undefined)
    return { ...same, total: job.total, counts: job.counts, done: doneOf(job.counts), perSecond: null, secondsLeft: null }
  return {
    ...same,
    total: progress.total,
    counts: { ...progress.counts },
    done: progress.done(),
    perSecond: progress.perSecond(),
    secondsLeft: progress.secondsLeft()
  }
}
