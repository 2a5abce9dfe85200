import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createProgress } from './progress.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const clock = (): number => Date.now()

it('tells at most ten times a second how far a job is, and how long it still takes', () => {
  const changed = vi.fn()
  const progress = createProgress(changed, clock)
  progress.setTotal(600)
  for (let item = 0; item < 300; item++) {
    progress.count(item % 3 === 0 ? 'refused' : 'taken')
    vi.advanceTimersByTime(10)
  }
  expect(changed.mock.calls.length).toBeGreaterThan(20)
  expect(changed.mock.calls.length).toBeLessThanOrEqual(31)
  expect(progress.counts).toEqual({ taken: 200, refused: 100 })
  expect(progress.perSecond()).toBeCloseTo(100, 0)
  expect(progress.secondsLeft()).toBeCloseTo(3, 1)
})

it('counts what was done before a job went on, but not into its speed', () => {
  const progress = createProgress(() => undefined, clock)
  progress.count('taken', 1000, { resumed: true })
  vi.advanceTimersByTime(1000)
  progress.count('taken', 5)
  expect(progress.done()).toBe(1005)
  expect(progress.perSecond()).toBe(5)
})

it('tells nothing after its end', () => {
  const changed = vi.fn()
  const progress = createProgress(changed, clock)
  progress.count('taken')
  progress.end()
  progress.count('taken')
  vi.advanceTimersByTime(10_000)
  expect(changed).not.toHaveBeenCalled()
})
