import { flushPromises } from '@vue/test-utils'
import { nextTick, shallowRef } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import type { BundleReference } from '../../../../shared/model/model.ts'
import { dispatchEvent } from '../../composables/useEvents.ts'
import { inComponent } from './test/in-component.ts'
import { useComparison } from './useComparison.ts'

const core = vi.hoisted(() => ({ training: { compare: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

beforeEach(() => core.training.compare.mockReset().mockImplementation((bundle: BundleReference) => Promise.resolve({ bundle })))

it('reloads the figures for another model, and when another one is in use', async () => {
  const bundle = shallowRef<BundleReference | null>(null)
  const { comparison } = inComponent(() => useComparison(bundle)).used
  await flushPromises()
  expect([core.training.compare.mock.calls.length, comparison.value]).toEqual([0, null])
  bundle.value = { id: 'a', version: '1' }
  await flushPromises()
  expect(comparison.value).toEqual({ bundle: { id: 'a', version: '1' } })
  bundle.value = { id: 'a', version: '1' }
  await flushPromises()
  expect(core.training.compare).toHaveBeenCalledTimes(1)
  dispatchEvent({ type: 'models', bundles: [] })
  await flushPromises()
  expect(core.training.compare).toHaveBeenCalledTimes(2)
})

it('never shows the figures of a model that is no longer selected', async () => {
  const bundle = shallowRef<BundleReference | null>({ id: 'a', version: '1' })
  let finish: (value: unknown) => void = () => undefined
  core.training.compare.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
  const { comparison } = inComponent(() => useComparison(bundle)).used
  bundle.value = { id: 'b', version: '1' }
  await nextTick()
  finish({ bundle: { id: 'a', version: '1' } })
  await flushPromises()
  expect(comparison.value).toEqual({ bundle: { id: 'b', version: '1' } })
})
