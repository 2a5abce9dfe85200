import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Job } from '../../../shared/model/job.ts'
import { logFailure, type Log } from '../log/log.ts'
import type { StoredJob } from './operations.ts'
import { createProgress, type Progress } from './progress.ts'
import type { JobContext, JobRunner } from './runner.ts'

/** How often a running job's counts are written to the catalogue, in milliseconds; its items keep their own state. */
const saveInterval = 2000

/** Why a running job has to end. */
export type Ending = Extract<Job['state'], 'stopped' | 'interrupted'>

/** A job at work. */
export interface RunningJob {
  readonly progress: Progress
  /** Asks the runner to end between two items. */
  stop(as: Ending): void
  /** The job as it ended. Never rejects. */
  readonly ended: Promise<StoredJob>
}

/** Services that a running job uses. */
export interface RunParts {
  readonly runner: JobRunner | undefined
  /** Stores the job as it is now. */
  readonly save: (job: StoredJob) => Promise<void>
  /** Called when the job has started and whenever it makes progress. */
  readonly changed: () => void
  readonly log: Log
}

/** Starts the work of a job. */
export function runJob(job: StoredJob, parts: RunParts): RunningJob {
  const abort = new AbortController()
  const progress = createProgress(parts.changed)
  return {
    progress,
    stop: (as) => abort.abort(as),
    ended: work(job, parts, progress, abort.signal)
  }
}

async function work(job: StoredJob, { runner, save, changed, log }: RunParts, progress: Progress, signal: AbortSignal): Promise<StoredJob> {
  const now = (): StoredJob => ({ ...job, total: progress.total, counts: { ...progress.counts } })
  const saving = setInterval(() => void save(now()).catch((error: unknown) => logFailure(log, error, 'job progress')), saveInterval)
  let end: Partial<StoredJob>
  try {
    await save(job)
    changed()
    if (runner === undefined) throw new AppError('jobs.noRunner', { kind: job.kind })
    end = { state: 'done', result: await runner.run(contextOf(job, progress, signal), job.options) }
  } catch (error) {
    end = endOf(error, job, signal, log)
  }
  clearInterval(saving)
  progress.end()
  return { ...now(), finishedAt: new Date().toISOString(), ...end }
}

function contextOf(job: StoredJob, progress: Progress, signal: AbortSignal): JobContext {
  return { jobId: job.id, signal, setTotal: (total) => progress.setTotal(total), count: progress.count }
}

/** The end of a job that threw an error. */
function endOf(error: unknown, job: StoredJob, signal: AbortSignal, log: Log): Partial<StoredJob> {
  const cancelled = error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError')
  if (cancelled && signal.aborted) return { state: signal.reason as Ending }
  return { state: 'failed', error: logFailure(log, error, `job ${job.kind}`) }
}
