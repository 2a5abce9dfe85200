import type { Job } from '../../../../shared/model/job.ts'

/** A job as the core sends it, for tests: a running import of ten files; `part` overrides fields. */
export function exampleJob(part: Partial<Job> = {}): Job {
  return {
    id: 1,
    kind: 'import',
    state: 'running',
    title: 'fotos',
    total: 10,
    done: 0,
    counts: {},
    perSecond: null,
    secondsLeft: null,
    startedAt: '2026-03-12T09:00:00Z',
    finishedAt: null,
    error: null,
    result: null,
    ...part
  }
}
