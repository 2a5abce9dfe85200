import { computed, shallowRef } from 'vue'
import type { Job, JobKind } from '../../../shared/model/job.ts'
import { api } from '../api/client.ts'
import { report } from './useMessages.ts'

const jobs = shallowRef<readonly Job[]>([])
const active = computed(() => jobs.value.filter(isActive))

/** Whether a job is waiting or running. */
export const isActive = (job: Job): boolean => job.state === 'waiting' || job.state === 'running'

/** Whether a job ended before its work was done and can be resumed. */
export const canResume = (job: Job): boolean => job.state === 'stopped' || job.state === 'interrupted'

/** Updates a job in the list, which is ordered from newest to oldest. */
export function withJob(list: readonly Job[], job: Job): readonly Job[] {
  return [job, ...list.filter((other) => other.id !== job.id)].sort((a, b) => b.id - a.id)
}

/** Updates one job from an event of the core. */
export function takeJob(job: Job): void {
  jobs.value = withJob(jobs.value, job)
}

/** Reloads all jobs of the open catalogue; without a catalogue there are none. */
export async function loadJobs(catalogueOpen: boolean): Promise<void> {
  jobs.value = catalogueOpen ? [...(await api.jobs.list())].sort((a, b) => b.id - a.id) : []
}

/** The jobs of the open catalogue, newest first. */
export const useJobs = () => ({
  jobs,
  active,
  /** The newest job of a kind, of whatever state. */
  latest: (kind: JobKind): Job | null => jobs.value.find((job) => job.kind === kind) ?? null,
  byId: (id: number): Job | null => jobs.value.find((job) => job.id === id) ?? null,
  /** Asks a job to stop. Returns whether that succeeded; an error is reported. */
  stop: async (jobId: number): Promise<boolean> => {
    try {
      takeJob(await api.jobs.stop({ jobId }))
      return true
    } catch (error) {
      report(error)
      return false
    }
  },
  resume: async (jobId: number) => {
    await api.jobs.resume({ jobId }).then(takeJob).catch(report)
  }
})
