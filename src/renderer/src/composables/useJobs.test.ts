import { describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/model/job.ts'
import { exampleJob } from './test/example-job.ts'
import { canResume, isActive, withJob } from './useJobs.ts'

const job = (id: number, state: Job['state'], done = 0): Job => exampleJob({ id, state, done })

describe('withJob', () => {
  it('updates a job in place, newest job first', () => {
    const list = [job(3, 'waiting'), job(1, 'done')]
    expect(withJob(list, job(2, 'running')).map(({ id }) => id)).toEqual([3, 2, 1])
    expect(withJob(list, job(3, 'running', 5))[0]).toMatchObject({ state: 'running', done: 5 })
    expect(withJob(list, job(3, 'running'))).toHaveLength(2)
  })
})

describe('states of a job', () => {
  it('distinguish jobs that can be stopped from those that can be resumed', () => {
    const states = ['waiting', 'running', 'stopped', 'interrupted', 'done', 'failed'] as const
    expect(states.filter((state) => isActive(job(1, state)))).toEqual(['waiting', 'running'])
    expect(states.filter((state) => canResume(job(1, state)))).toEqual(['stopped', 'interrupted'])
  })
})
