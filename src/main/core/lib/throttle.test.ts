import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { throttled } from './throttle.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('passes on one call an interval, however many come, and none when none comes', () => {
  const pass = vi.fn()
  const { call } = throttled(pass, 100)
  for (let millisecond = 0; millisecond < 1000; millisecond++) {
    call()
    vi.advanceTimersByTime(1)
  }
  expect(pass).toHaveBeenCalledTimes(10)
  vi.advanceTimersByTime(10_000)
  expect(pass).toHaveBeenCalledTimes(10)
})

it('passes on what is due at its end, and nothing twice', () => {
  const pass = vi.fn()
  const { call, end } = throttled(pass, 100)
  end()
  expect(pass).not.toHaveBeenCalled()
  call()
  end()
  expect(pass).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(10_000)
  expect(pass).toHaveBeenCalledTimes(1)
})
