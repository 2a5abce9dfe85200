import { ORPCError } from '@orpc/client'
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Job } from '../../../../shared/model/job.ts'
import { exampleJob } from '../../composables/test/example-job.ts'
import { dispatchEvent } from '../../composables/useEvents.ts'
import { loadJobs, takeJob } from '../../composables/useJobs.ts'
import { trainingState } from './test/example.ts'
import { inComponent } from './test/in-component.ts'
import { firstChoice, requestOf } from './training-plan.ts'
import { useTraining } from './useTraining.ts'

const core = vi.hoisted(() => ({ training: { state: vi.fn(), start: vi.fn() }, jobs: { list: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const job = (id: number, state: Job['state'], kind: Job['kind'] = 'train'): Job =>
  exampleJob({ id, kind, state, title: 'Ceràmica', total: null })

beforeEach(async () => {
  core.training.state.mockReset().mockImplementation(({ jobId }: { jobId: number }) => Promise.resolve(trainingState({ jobId, epoch: 1 })))
  core.training.start.mockReset().mockResolvedValue({ jobId: 9 })
  await loadJobs(false)
})

describe('useTraining', () => {
  it('shows the training at work before a newer one that waits, and no job of another kind', async () => {
    const { used } = inComponent(useTraining)
    takeJob(job(1, 'done'))
    takeJob(job(3, 'waiting'))
    takeJob(job(2, 'running'))
    takeJob(job(4, 'running', 'import'))
    await flushPromises()
    expect(used.job.value?.id).toBe(2)
    expect(used.state.value?.jobId).toBe(2)
  })

  it('follows its own training only, and reads what it leaves when it ends', async () => {
    const { used } = inComponent(useTraining)
    takeJob(job(2, 'running'))
    await flushPromises()
    dispatchEvent({ type: 'training', training: trainingState({ jobId: 1, epoch: 9 }) })
    expect(used.state.value?.epoch).toBe(1)
    dispatchEvent({ type: 'training', training: trainingState({ jobId: 2, epoch: 5 }) })
    expect(used.state.value?.epoch).toBe(5)
    const bundle = { id: 'museum', version: '1.0.0' }
    core.training.state.mockResolvedValueOnce(trainingState({ jobId: 2, bundle }))
    takeJob(job(2, 'done'))
    await flushPromises()
    expect(used.state.value?.bundle).toEqual(bundle)
  })

  it('hides an ended training until another one starts', async () => {
    const { used } = inComponent(useTraining)
    takeJob(job(5, 'failed'))
    await flushPromises()
    used.putAway()
    expect(used.job.value).toBeNull()
    takeJob(job(6, 'running'))
    expect(used.job.value?.id).toBe(6)
  })

  it('says beside the button why a training cannot start', async () => {
    core.training.start.mockRejectedValueOnce(new ORPCError('APP', { data: { code: 'training.nothingClosed', data: {} } }))
    const { used } = inComponent(useTraining)
    await used.start(requestOf(firstChoice))
    expect(used.problem.value).toMatch(/Tanqueu facetes/)
    await used.start(requestOf(firstChoice))
    expect([used.problem.value, used.starting.value]).toEqual([null, false])
  })
})
