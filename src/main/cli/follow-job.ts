import { once } from 'node:events'
import type { CoreEvent } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { Job } from '../../shared/model/job.ts'
import type { Core } from '../core/core.ts'
import type { Run } from './run.ts'
import type { Words } from './words.ts'

const finalStates: readonly Job['state'][] = ['done', 'failed', 'stopped', 'interrupted']

/**
 * Starts a job, shows its progress and waits for its end. The first Ctrl+C stops the job cleanly.
 * @param tell the state of the job as one line; a line comes at every change of the job or of the training that it is
 * @returns the job as it ended @throws AppError the job's own error if it failed, `job.stopped` if it was stopped
 */
export async function followJob(run: Run, core: Core, start: () => Promise<{ jobId: number }>, tell?: (job: Job) => string): Promise<Job> {
  const { job } = await followIfAny(run, core, start, tell)
  if (job === null) throw new Error('a job has no number')
  return job
}

/**
 * The same for a call that may finish at once instead of starting a job. @returns the answer of `start`, and the ended job, if
 * there was one
 */
export async function followIfAny<Started extends { jobId: number | null }>(
  run: Run,
  core: Core,
  start: () => Promise<Started>,
  tell: (job: Job) => string = (job) => progressText(job, run.words, run.language)
): Promise<{ started: Started; job: Job | null }> {
  const seen = new Map<number, Job>()
  const changes = new EventTarget()
  const stopListening = core.subscribe((event: CoreEvent) => {
    if (event.type === 'job') seen.set(event.job.id, event.job)
    else if (event.type !== 'training') return
    changes.dispatchEvent(new Event('job'))
  })
  try {
    const started = await start()
    const { jobId } = started
    if (jobId === null) return { started, job: null }
    const stop = (): void => {
      run.terminal.note(run.words('progress.stopping'))
      // A job that has just ended can no longer be stopped; its end state is what counts.
      core.call.jobs.stop({ jobId }).catch(() => undefined)
    }
    if (run.interrupted.aborted) stop()
    else run.interrupted.addEventListener('abort', stop, { once: true })
    try {
      return { started, job: ended(await lastState(run, seen, changes, jobId, tell)) }
    } finally {
      run.interrupted.removeEventListener('abort', stop)
    }
  } finally {
    stopListening()
    run.terminal.endProgress()
  }
}

async function lastState(
  run: Run,
  seen: ReadonlyMap<number, Job>,
  changes: EventTarget,
  jobId: number,
  tell: (job: Job) => string
): Promise<Job> {
  for (;;) {
    const job = seen.get(jobId)
    if (job !== undefined) {
      if (finalStates.includes(job.state)) return job
      run.terminal.progress(tell(job))
    }
    await once(changes, 'job')
  }
}

function ended(job: Job): Job {
  if (job.error !== null) throw AppError.told(job.error)
  if (job.state !== 'done') throw new AppError('job.stopped')
  return job
}

/** The state of a job as one line. */
export function progressText(job: Job, words: Words, language: string): string {
  const task = words(`progress.${job.kind}`)
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  if (job.total === null || job.perSecond === null || job.secondsLeft === null) {
    return job.done === 0 ? words('progress.begun', { task }) : words('progress.counting', { task, done: number.format(job.done) })
  }
  const seconds = Math.round(job.secondsLeft)
  return words('progress.line', {
    task,
    done: number.format(job.done),
    total: number.format(job.total),
    percent: Math.floor((100 * job.done) / Math.max(1, job.total)),
    rate: number.format(job.perSecond),
    left: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  })
}
