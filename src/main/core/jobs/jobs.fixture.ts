/** The events of a scheduler, for tests: what was told, and waiting for an event or for the end of a job. */
import type { Job } from '../../../shared/model/job.ts'
import type { CoreEvent } from '../../../shared/contract.ts'
import type { Jobs } from './jobs.ts'

export interface JobEvents {
  readonly publish: (event: CoreEvent) => void
  /** All events, in order. */
  readonly events: CoreEvent[]
  /** What was told about jobs, in order. */
  readonly told: Job[]
  /** Settles once an event has come that passes. */
  until(passes: (event: CoreEvent) => boolean): Promise<void>
  /** The job once it has ended, whether that was told before or is still to come. */
  ended(jobs: Jobs, id: number): Promise<Job>
}

const finalStates: readonly Job['state'][] = ['done', 'failed', 'stopped', 'interrupted']

/** Collects the events that are published. */
export function jobEvents(): JobEvents {
  const events: CoreEvent[] = []
  const told: Job[] = []
  const heard = new EventTarget()
  const next = (): Promise<unknown> => new Promise((resolve) => heard.addEventListener('event', resolve, { once: true }))
  return {
    events,
    told,
    publish(event) {
      events.push(event)
      if (event.type === 'job') told.push(event.job)
      heard.dispatchEvent(new Event('event'))
    },
    async until(passes) {
      while (!events.some(passes)) await next()
    },
    async ended(jobs, id) {
      for (;;) {
        const later = next()
        const job = (await jobs.list()).find((listed) => listed.id === id)
        if (job !== undefined && finalStates.includes(job.state)) return job
        await later
      }
    }
  }
}
