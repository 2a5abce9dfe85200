import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Job } from '../../../../shared/model/job.ts'
import { exampleJob } from '../../composables/test/example-job.ts'
import { loadJobs, takeJob } from '../../composables/useJobs.ts'
import { environment } from './test/example.ts'
import { inComponent } from './test/in-component.ts'
import { useEnvironment } from './useEnvironment.ts'

const core = vi.hoisted(() => ({ training: { environment: vi.fn(), setUp: vi.fn() }, jobs: { list: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const setUp = (id: number, state: Job['state']): Job => exampleJob({ id, kind: 'environment', state, title: 'Python', total: 60, done: 3 })

beforeEach(async () => {
  core.training.environment.mockReset().mockResolvedValue(environment({ state: 'missing' }))
  core.training.setUp.mockReset().mockResolvedValue({ jobId: 4 })
  await loadJobs(false)
})

it('checks Python again when its set-up has ended', async () => {
  const { used } = inComponent(useEnvironment)
  await flushPromises()
  expect(used.environment.value?.state).toBe('missing')
  await used.setUp(null)
  takeJob(setUp(4, 'running'))
  await flushPromises()
  expect(used.job.value?.id).toBe(4)
  core.training.environment.mockResolvedValue(environment())
  takeJob(setUp(4, 'done'))
  await flushPromises()
  expect([used.environment.value?.state, used.job.value]).toEqual(['ready', null])
})

it('reports a recent failure even if Python is ready, but no old one', async () => {
  core.training.environment.mockResolvedValue(environment())
  takeJob(setUp(3, 'failed'))
  const { used } = inComponent(useEnvironment)
  await flushPromises()
  expect(used.job.value).toBeNull()
  await used.setUp('/opt/python')
  takeJob(setUp(4, 'failed'))
  await flushPromises()
  expect(core.training.setUp.mock.calls).toEqual([[{ python: '/opt/python' }]])
  expect(used.job.value?.id).toBe(4)
})
