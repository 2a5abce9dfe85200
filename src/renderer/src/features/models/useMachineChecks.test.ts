import { flushPromises } from '@vue/test-utils'
import { nextTick, shallowRef } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import { inComponent } from './test/in-component.ts'
import { firstChoice, type TrainingChoice } from './training-plan.ts'
import { useMachineChecks } from './useMachineChecks.ts'

const core = vi.hoisted(() => ({ training: { checkRemote: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))
const answer = [{ name: 'connection', state: 'ok', value: 'gpu', problem: null }]

beforeEach(() => core.training.checkRemote.mockReset().mockResolvedValue(answer))

function machine(part: Partial<TrainingChoice>) {
  const choice = shallowRef<TrainingChoice>({ ...firstChoice, host: 'ssh', ...part })
  return { choice, ...inComponent(() => useMachineChecks(choice)).used }
}

it('checks the machine as it is typed, with its Python', async () => {
  const { check, checks } = machine({ target: ' maria@gpu ', remotePython: '/opt/python' })
  await check()
  expect(core.training.checkRemote.mock.calls).toEqual([[{ target: 'maria@gpu', python: '/opt/python' }]])
  expect(checks.value).toEqual(answer)
})

it('checks nothing if the text is not a machine', async () => {
  const { check } = machine({ target: '-v' })
  await check()
  expect(core.training.checkRemote).not.toHaveBeenCalled()
})

it('never shows the checks of another machine, even those still under way', async () => {
  const { choice, check, checks, checking } = machine({ target: 'gpu' })
  let finish: (value: unknown) => void = () => undefined
  core.training.checkRemote.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
  const old = check()
  choice.value = { ...choice.value, target: 'gpu2' }
  await nextTick()
  finish(answer)
  await old
  await flushPromises()
  expect([checks.value, checking.value]).toEqual([null, false])
  await check()
  expect(checks.value).toEqual(answer)
  choice.value = { ...choice.value, title: 'another name' }
  await nextTick()
  expect(checks.value).toEqual(answer)
})
