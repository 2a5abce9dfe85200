import { effectScope, nextTick, shallowRef } from 'vue'
import { ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExportOptions } from '../../../../shared/model/exchange.ts'
import { checkedByItself, useValidation } from './useValidation.ts'

const core = vi.hoisted(() => ({ exports: { check: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))
const answer = { records: 3, valid: 3, errors: 0, warnings: 0, problems: [] }

beforeEach(() => {
  vi.useFakeTimers()
  core.exports.check.mockReset().mockResolvedValue(answer)
})
afterEach(() => vi.useRealTimers())

function validation(objects: number) {
  const options = shallowRef<ExportOptions>({ format: 'lido' })
  const count = shallowRef(objects)
  return { options, count, ...effectScope().run(() => useValidation(options, count))! }
}

describe('useValidation', () => {
  it('checks a small set by itself, once for a burst of choices', async () => {
    const { options, report } = validation(3)
    options.value = { format: 'csv' }
    await nextTick()
    options.value = { format: 'lido', what: 'all' }
    await vi.advanceTimersByTimeAsync(1000)
    expect(core.exports.check.mock.calls).toEqual([[{ format: 'lido', what: 'all' }]])
    expect(report.value).toEqual(answer)
  })

  it('checks by itself once the number of objects is known', async () => {
    const { count, report } = validation(0)
    await vi.advanceTimersByTimeAsync(1000)
    expect(core.exports.check).not.toHaveBeenCalled()
    count.value = 3
    await nextTick()
    await vi.advanceTimersByTimeAsync(1000)
    expect(report.value).toEqual(answer)
  })

  it('leaves a large set to the command', async () => {
    const { report, check } = validation(checkedByItself + 1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(core.exports.check).not.toHaveBeenCalled()
    await check()
    expect(report.value).toEqual(answer)
  })

  it('never shows the report of another choice, even one that is still under way', async () => {
    const { options, report, checking, check } = validation(checkedByItself + 1)
    let finish: (value: unknown) => void = () => undefined
    core.exports.check.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
    const old = check()
    options.value = { format: 'csv' }
    await nextTick()
    finish(answer)
    await old
    expect([report.value, checking.value]).toEqual([null, false])
  })

  it('keeps the report when only the place of the file changes', async () => {
    const { options, report } = validation(3)
    await vi.advanceTimersByTimeAsync(1000)
    options.value = { format: 'lido', file: '/x/a.xml' }
    await nextTick()
    expect(report.value).toEqual(answer)
  })

  it('says what stopped the check', async () => {
    core.exports.check.mockRejectedValueOnce(new ORPCError('APP', { data: { code: 'catalogue.notOpen', data: {} } }))
    const { problem } = validation(3)
    await vi.advanceTimersByTimeAsync(1000)
    expect(problem.value).toMatch(/catàleg/)
  })
})
