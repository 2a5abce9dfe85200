import { effectScope, nextTick, shallowRef } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ImportItem, ImportItemState, Job } from '../../../../shared/model/job.ts'
import { exampleJob } from '../../composables/test/example-job.ts'
import { useReport } from './useReport.ts'

const core = vi.hoisted(() => ({ imports: { report: vi.fn() } }))
vi.mock('../../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const files: ImportItem[] = Array.from({ length: 450 }, (_, place) => ({
  path: `f${String(place).padStart(4, '0')}.jpg`,
  state: place % 10 === 0 ? 'refused' : 'taken',
  reason: null,
  data: {},
  inventoryNumber: null,
  objectId: null
}))
const job = (state: Job['state'], id = 1): Job => exampleJob({ id, state, total: 450, done: 450 })
interface Question {
  jobId: number
  state: ImportItemState | null
  after: string | null
  limit: number
}

beforeEach(() => {
  vi.useFakeTimers()
  core.imports.report.mockReset()
  core.imports.report.mockImplementation(async ({ state, after, limit }: Question) => {
    const matching = files.filter((file) => state === null || file.state === state)
    const from = after === null ? 0 : matching.findIndex(({ path }) => path === after) + 1
    return { items: matching.slice(from, from + limit), counts: { pending: 0, taken: 405, already: 0, refused: 45 } }
  })
})
afterEach(() => vi.useRealTimers())

function reportOf(state: Job['state'], filter: ImportItemState | null) {
  const shown = shallowRef<Job | null>(job(state))
  const choice = shallowRef(filter)
  const scope = effectScope()
  const report = scope.run(() => useReport(shown, choice))!
  return { shown, choice, scope, ...report }
}

describe('useReport', () => {
  it('reads page after page, and stops at the end', async () => {
    const { items, counts, more } = reportOf('done', null)
    await vi.advanceTimersByTimeAsync(0)
    expect([items.value.length, counts.value.refused]).toEqual([200, 45])
    await more()
    await more()
    await more()
    expect(items.value).toEqual(files)
    expect(core.imports.report).toHaveBeenCalledTimes(3)
  })

  it('starts again with another state, and with another job', async () => {
    const { items, choice, shown } = reportOf('done', 'refused')
    await vi.advanceTimersByTimeAsync(0)
    expect(items.value).toHaveLength(45)
    choice.value = 'taken'
    await vi.advanceTimersByTimeAsync(0)
    expect(items.value.every(({ state }) => state === 'taken')).toBe(true)
    shown.value = job('running', 2)
    await vi.advanceTimersByTimeAsync(0)
    expect(core.imports.report).toHaveBeenLastCalledWith(expect.objectContaining({ jobId: 2, after: null }))
  })

  it('follows a running job at a calm pace, and reads once more when it ends', async () => {
    const { shown } = reportOf('running', null)
    await vi.advanceTimersByTimeAsync(0)
    core.imports.report.mockClear()
    for (let tick = 0; tick < 50; tick += 1) {
      shown.value = { ...job('running'), done: tick }
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(core.imports.report.mock.calls.length).toBeLessThanOrEqual(5)
    core.imports.report.mockClear()
    shown.value = job('done')
    await nextTick()
    expect(core.imports.report).toHaveBeenCalledTimes(1)
  })

  it('asks no more after its screen was left', async () => {
    const { shown, scope } = reportOf('running', null)
    await vi.advanceTimersByTimeAsync(0)
    shown.value = { ...job('running'), done: 3 }
    await nextTick()
    scope.stop()
    core.imports.report.mockClear()
    await vi.advanceTimersByTimeAsync(5000)
    expect(core.imports.report).not.toHaveBeenCalled()
  })
})
