import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Job, JobKind } from '../../../shared/model/job.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { logBug, type Log } from '../log/log.ts'
import type { StoredJob } from './operations.ts'
import { createProgress, type Progress } from './progress.ts'
import type { JobResult, JobRunner } from './runner.ts'

/** How often a running job's counts are written to the catalogue, milliseconds; its items keep their own state. */
const saveInterval = 2000

/** How many jobs `list` gives. */
const listed = 100

/**
 * The jobs of an open catalogue. One job of each kind runs at a time: an import, the suggestions and an export may go on
 * side by side; further ones of a kind wait for their turn in the order in which they came.
 */
export interface Jobs {
  start(kind: JobKind, title: string, options: unknown): Promise<number>
  /** Stops a job that waits or runs, and returns it once it has ended. */
  stop(id: number): Promise<Job>
  /** Lets a stopped, interrupted or failed job go on where it was. */
  resume(id: number): Promise<Job>
  /** All jobs, the newest first. */
  list(): Promise<Job[]>
  /** Ends what runs; it is `interrupted` and can be resumed when the catalogue is open again. */
  close(): Promise<void>
}

interface Running {
  readonly abort: AbortController
  readonly progress: Progress
  readonly ended: Promise<void>
}

/** Why a running job is asked to end. */
type Ending = 'stopped' | 'interrupted'

/**
 * Takes up the jobs of a catalogue. Jobs found open or interrupted were broken off by a crash or the end of the program: imports
 * go on by themselves (unless `resumeImports` is false, for a program that opens the catalogue for something else), the others can be resumed.
 */
export async function createJobs(options: {
  catalogue: Catalogue
  publish: (event: CoreEvent) => void
  runners: readonly JobRunner[]
  log: Log
  resumeImports?: boolean
}): Promise<Jobs> {
  const { catalogue, publish, log, resumeImports = true } = options
  const runners = new Map(options.runners.map((runner) => [runner.kind, runner]))
  const open = new Map<number, StoredJob>()
  const running = new Map<number, Running>()
  let closed = false

  function view(job: StoredJob): Job {
    const { id, kind, title, state, error, result, startedAt, finishedAt } = job
    const same = { id, kind, title, state, error, result, startedAt, finishedAt }
    const progress = running.get(id)?.progress
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

  async function save(job: StoredJob): Promise<void> {
    await catalogue.write('saveJob', job)
  }
  function tell(job: StoredJob): void {
    publish({ type: 'job', job: view(job) })
  }

  /** Starts every waiting job whose kind is free, the oldest first. */
  function schedule(): void {
    if (closed) return
    for (const job of [...open.values()].sort((a, b) => a.id - b.id)) {
      const busy = [...running.keys()].some((id) => open.get(id)?.kind === job.kind)
      if (job.state === 'waiting' && !busy) run(job)
    }
  }

  function run(job: StoredJob): void {
    const runner = runners.get(job.kind)
    const abort = new AbortController()
    const progress = createProgress(() => tell(open.get(job.id) ?? job))
    const started: StoredJob = { ...job, state: 'running', counts: {}, error: null, result: null, finishedAt: null }
    open.set(job.id, started)
    const saving = setInterval(() => {
      void save({ ...started, total: progress.total, counts: { ...progress.counts } }).catch((error: unknown) =>
        logBug(log, error, 'job progress')
      )
    }, saveInterval)
    let resolveEnded: () => void = () => undefined
    const ended = new Promise<void>((resolve) => (resolveEnded = resolve))
    running.set(job.id, { abort, progress, ended })
    const context = {
      jobId: job.id,
      signal: abort.signal,
      setTotal: (total: number | null) => progress.setTotal(total),
      count: progress.count
    }
    async function work(): Promise<Partial<StoredJob>> {
      await save(started)
      tell(started)
      if (runner === undefined) throw new AppError('jobs.noRunner', { kind: job.kind })
      const result: JobResult | null = await runner.run(context, job.options)
      return { state: 'done', result }
    }
    void work()
      .catch((error: unknown) => endOf(job, error, abort.signal))
      .then(async (end) => {
        clearInterval(saving)
        progress.end()
        const final: StoredJob = {
          ...started,
          total: progress.total,
          counts: { ...progress.counts },
          finishedAt: new Date().toISOString(),
          ...end
        }
        await save(final).catch((error: unknown) => logBug(log, error, 'job end'))
        running.delete(job.id)
        open.delete(job.id)
        tell(final)
        resolveEnded()
        schedule()
      })
  }

  /** How a job ends that threw. */
  function endOf(job: StoredJob, error: unknown, signal: AbortSignal): Partial<StoredJob> {
    const cancelled = error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError')
    if (cancelled && signal.aborted) return { state: signal.reason as Ending }
    if (error instanceof AppError) {
      log.warn({ job: job.id, kind: job.kind, err: error }, 'job failed')
      return { state: 'failed', error: { code: error.code, data: error.data } }
    }
    return { state: 'failed', error: { code: 'bug', data: { trace: logBug(log, error, `job ${job.kind}`) } } }
  }

  async function find(id: number): Promise<StoredJob> {
    const job = open.get(id) ?? (await catalogue.read('job', id))
    if (job === null) throw new AppError('jobs.notFound', { id })
    return job
  }

  async function enqueue(job: StoredJob): Promise<void> {
    const waiting: StoredJob = { ...job, state: 'waiting', error: null, finishedAt: null }
    open.set(job.id, waiting)
    await save(waiting)
    tell(waiting)
    schedule()
  }

  const jobs: Jobs = {
    async start(kind, title, jobOptions) {
      const id = await catalogue.write('createJob', { kind, title, options: jobOptions, at: new Date().toISOString() })
      const job = await catalogue.read('job', id)
      if (job === null) throw new Error(`job ${id} is gone`)
      open.set(id, job)
      tell(job)
      schedule()
      return id
    },
    async stop(id) {
      const job = await find(id)
      const current = running.get(id)
      if (current !== undefined) {
        current.abort.abort('stopped' satisfies Ending)
        await current.ended
      } else if (job.state === 'waiting' || job.state === 'interrupted') {
        const stopped: StoredJob = { ...job, state: 'stopped', finishedAt: new Date().toISOString() }
        open.delete(id)
        await save(stopped)
        tell(stopped)
      }
      return view(await find(id))
    },
    async resume(id) {
      const job = await find(id)
      if (job.state === 'done') throw new AppError('jobs.finished', { title: job.title })
      if (job.state !== 'waiting' && job.state !== 'running') await enqueue(job)
      return view(await find(id))
    },
    async list() {
      const stored = await catalogue.read('jobs', { limit: listed })
      return stored.map((job) => view(open.get(job.id) ?? job))
    },
    async close() {
      closed = true
      const endings = [...running.values()].map(({ abort, ended }) => {
        abort.abort('interrupted' satisfies Ending)
        return ended
      })
      await Promise.all(endings)
      await catalogue.write('interruptOpenJobs')
      open.clear()
    }
  }

  for (const job of await catalogue.write('interruptOpenJobs')) tell(job)
  if (resumeImports) {
    // Those that a crash left open and those that ended in good order with the program alike.
    const stored = await catalogue.read('jobs', { limit: listed })
    for (const job of stored.reverse()) if (job.kind === 'import' && job.state === 'interrupted') await enqueue(job)
  }
  return jobs
}

function doneOf(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce((sum, [state, n]) => (state === 'pending' ? sum : sum + n), 0)
}
