import { expect, it, vi } from 'vitest'
import { endAll, endsWithin } from './end-all.ts'

it('runs every step in order, even if an earlier one fails, and reports the errors', async () => {
  const done: string[] = []
  const failing = (name: string) => async (): Promise<void> => {
    await Promise.resolve()
    done.push(name)
    throw new Error(name)
  }
  await expect(endAll([failing('one'), () => void done.push('two'), () => Promise.resolve(done.push('three'))])).rejects.toThrow('one')
  expect(done).toEqual(['one', 'two', 'three'])
  await expect(endAll([failing('a'), failing('b')])).rejects.toMatchObject({ errors: [{ message: 'a' }, { message: 'b' }] })
  await endAll([])
})

it('waits no longer than its limit', async () => {
  vi.useFakeTimers()
  const never = endsWithin(new Promise(() => undefined), 500)
  await vi.advanceTimersByTimeAsync(500)
  expect(await never).toBe(false)
  vi.useRealTimers()
  expect(await endsWithin(Promise.resolve(1), 60_000)).toBe(true)
  await expect(endsWithin(Promise.reject(new Error('x')), 60_000)).rejects.toThrow('x')
})
