import { ORPCError } from '@orpc/client'
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { dispatchEvent } from '../../composables/useEvents.ts'
import { useMessages } from '../../composables/useMessages.ts'
import { bundle } from './test/example.ts'
import { inComponent } from './test/in-component.ts'
import { useModels } from './useModels.ts'

const core = vi.hoisted(() => ({ models: { list: vi.fn(), activate: vi.fn(), back: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const starter = bundle({ active: true, source: 'shipped' })
const fresh = bundle({ id: 'museum', version: '1.1.0' })
const after = [
  { ...starter, active: false, previous: true },
  { ...fresh, active: true }
]

beforeEach(() => {
  core.models.list.mockReset().mockResolvedValue([starter, fresh])
  core.models.activate.mockReset().mockResolvedValue(after)
  core.models.back.mockReset().mockResolvedValue([starter, fresh])
})

it('activates in one step and goes back in one', async () => {
  const { used } = inComponent(useModels)
  await flushPromises()
  expect([used.active.value?.id, used.previous.value]).toEqual(['starter', null])
  expect(await used.activate(fresh)).toBe(true)
  expect(core.models.activate.mock.calls).toEqual([
    [{ id: 'museum', version: '1.1.0' }, { signal: expect.any(AbortSignal) as AbortSignal }]
  ])
  expect([used.active.value?.id, used.previous.value?.id]).toEqual(['museum', 'starter'])
  expect(await used.back()).toBe(true)
  expect(used.active.value?.id).toBe('starter')
})

it('keeps the model in use if the core refuses another, and says why', async () => {
  core.models.activate.mockRejectedValueOnce(
    new ORPCError('APP', { data: { code: 'bundle.hash', data: { bundle: 'museum', file: 'model.onnx' } } })
  )
  const { used } = inComponent(useModels)
  await flushPromises()
  expect(await used.activate(fresh)).toBe(false)
  expect([used.active.value?.id, used.changing.value]).toEqual(['starter', false])
  expect(useMessages().messages.value.at(-1)?.text).toMatch(/model\.onnx/)
})

it('says which model is being tested, and cancels the test without a message', async () => {
  core.models.activate.mockImplementationOnce(
    (_, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))))
  )
  const { used } = inComponent(useModels)
  await flushPromises()
  const told = useMessages().messages.value.length
  const activating = used.activate(fresh)
  const { id, version } = fresh
  dispatchEvent({ type: 'bundleCheck', bundle: { id, version }, state: 'begun' })
  expect(used.tested.value).toEqual({ id, version })
  used.cancelTest()
  expect(await activating).toBe(false)
  expect([used.tested.value, used.changing.value, used.active.value?.id]).toEqual([null, false, 'starter'])
  expect(useMessages().messages.value).toHaveLength(told)
})

it('activates one at a time', async () => {
  let finish: (value: unknown) => void = () => undefined
  core.models.activate.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
  const { used } = inComponent(useModels)
  const first = used.activate(fresh)
  expect(await used.activate(fresh)).toBe(false)
  finish(after)
  expect(await first).toBe(true)
  expect(core.models.activate).toHaveBeenCalledTimes(1)
})

it('follows events of the core, as long as the screen exists', async () => {
  const { used, leave } = inComponent(useModels)
  await flushPromises()
  dispatchEvent({ type: 'models', bundles: after })
  expect(used.active.value?.id).toBe('museum')
  leave()
  dispatchEvent({ type: 'models', bundles: [starter] })
  expect(used.active.value?.id).toBe('museum')
})
