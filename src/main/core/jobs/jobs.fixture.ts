/** Waiting for the end of a job, for tests. */
import type { Job } from '../../../shared/model/job.ts'
import type { CoreEvent } from '../../../shared/contract.ts'
import type { Jobs } from './jobs.ts'

/** The events of jobs while a test runs, and a way to wait for the end of one. */
export interface JobEvents {
  readonly publish: (event: CoreEvent) => void
  /** What was told about jobs, in order. */
  readonly told: Job[]
  /** The job once it has ended, whether that was told before or is still to come. */
  ended(jobs: Jobs, id: number): Promise<Job>
}

/** Hears the events of a scheduler. */
export function jobEvents(): JobEvents {
  const told: Job[] = []
  const heard = new EventTarget()
  return {
    told,
    publish(event) {
      if (event.type !== 'job') return
      told.push(event.job)
      heard.dispatchEvent(new Event('job'))
    },
    async ended(jobs, id) {
      for (;;) {
        const next = new Promise((resolve) => heard.addEventListener('job', resolve, { once: true }))
        const job = (await jobs.list()).find((listed) => listed.id === id)
        if (job !== undefined && ['done', 'failed', 'stopped', 'interrupted'].includes(job.state)) return job
        await next
      }
    }
  }
}
