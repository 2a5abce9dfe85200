import { expect, it } from 'vitest'
import { delayAfterCrash } from './restart-policy.ts'

it('restarts at once at first, then with doubling pauses, then not at all', () => {
  const now = 1_000_000
  const delays = [0, 1, 2, 3, 4, 5].map((crashes) =>
    delayAfterCrash(
      Array.from({ length: crashes }, (_, i) => now - i * 1000),
      now
    )
  )
  expect(delays).toEqual([0, 0, 250, 500, 1000, null])
})

it('forgets crashes of more than a minute ago', () => {
  const now = 1_000_000
  expect(
    delayAfterCrash(
      Array.from({ length: 9 }, () => now - 60_001),
      now
    )
  ).toBe(0)
})
