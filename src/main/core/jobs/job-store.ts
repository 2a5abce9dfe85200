import { AppError } from '../../../shared/errors.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { logFailure, type Log } from '../log/log.ts'
import type { StoredJob } from './operations.ts'

/** How many jobs `list` returns. */
const listed = 100

/**
 * The current jobs of a catalogue: waiting and running ones are held in memory, the others read. A job whose end could
 * not be stored (full disk) is held in memory too, until it can be.
 */
export interface JobStore {
  /** Waiting and running jobs, oldest first. */
  active(): StoredJob[]
  find(id: number): Promise<StoredJob>
  /** All jobs, the newest first. */
  list(): Promise<StoredJob[]>
  create(job: { kind: StoredJob['kind']; title: string; options: unknown }): Promise<StoredJob>
  /** Holds a waiting or running job. */
  hold(job: StoredJob): void
  /** Holds and stores a waiting or running job. */
  save(job: StoredJob): Promise<void>
  /** Stores a job that has ended. Never rejects: if the end cannot be stored, the returned job says so. */
  end(job: StoredJob): Promise<StoredJob>
  /** Retries ends that could not be stored. */
  saveEnds(): Promise<void>
  /** Marks jobs in the file that wait or run as interrupted, and returns them. */
  interruptOpen(): Promise<StoredJob[]>
}

export function createJobStore(catalogue: Catalogue, log: Log): JobStore {
  const active = new Map<number, StoredJob>()
  const unsaved = new Map<number, StoredJob>()
  let creating = 0
  let changes = 0

  /**
   * The stored jobs, read again if a job started or ended during the read: a stale answer would show such a job as interrupted.
   */
  async function readNow<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const before = changes
      const answer = await read()
      if (creating === 0 && changes === before) return answer
    }
  }

  /** A stored job that is not in memory was interrupted, whatever the file says. */
  function asItIs(stored: StoredJob): StoredJob {
    const held = active.get(stored.id) ?? unsaved.get(stored.id)
    if (held !== undefined) return held
    return stored.state === 'waiting' || stored.state === 'running' ? { ...stored, state: 'interrupted' } : stored
  }

  async function store(job: StoredJob): Promise<void> {
    await catalogue.write('saveJob', job)
    unsaved.delete(job.id)
  }

  async function find(id: number): Promise<StoredJob> {
    const held = active.get(id) ?? unsaved.get(id)
    if (held !== undefined) return held
    const stored = await readNow(() => catalogue.read('job', id))
    if (stored === null) throw new AppError('jobs.notFound', { id })
    return asItIs(stored)
  }

  return {
    active: () => [...active.values()].sort((a, b) => a.id - b.id),
    find,
    list: async () => (await readNow(() => catalogue.read('jobs', { limit: listed }))).map(asItIs),
    async create({ kind, title, options }) {
      const at = new Date().toISOString()
      creating++
      const id = await catalogue.write('createJob', { kind, title, options, at }).finally(() => creating--)
      const job: StoredJob = {
        id,
        kind,
        title,
        options,
        state: 'waiting',
        total: null,
        counts: {},
        error: null,
        result: null,
        startedAt: at,
        finishedAt: null
      }
      active.set(id, job)
      changes++
      return job
    },
    hold: (job) => void active.set(job.id, job),
    async save(job) {
      active.set(job.id, job)
      changes++
      unsaved.delete(job.id)
      await store(job)
    },
    async end(job) {
      let ended = job
      try {
        await store(job)
      } catch (error) {
        ended = unsavedEnd(job, error, log)
        unsaved.set(job.id, ended)
      }
      active.delete(job.id)
      changes++
      return ended
    },
    async saveEnds() {
      for (const job of [...unsaved.values()]) await store(job)
    },
    interruptOpen: () => catalogue.write('interruptOpenJobs')
  }
}

/** The end of a job whose end cannot be stored: a done job counts as failed, so that it can be resumed; others do not change. */
function unsavedEnd(job: StoredJob, error: unknown, log: Log): StoredJob {
  const told = logFailure(log, error, `end of job ${job.kind}`)
  return job.state === 'done' ? { ...job, state: 'failed', result: null, error: told } : job
}
