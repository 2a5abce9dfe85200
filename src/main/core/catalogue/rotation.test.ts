import { expect, it } from 'vitest'
import { keptTimes } from './rotation.ts'

const days = (kept: ReadonlySet<number>): string[] =>
  [...kept].sort((a, b) => a - b).map((time) => new Date(time).toISOString().slice(0, 10))

it('keeps seven days, four weeks and twelve months of two years of daily backups', () => {
  const times = Array.from({ length: 730 }, (_, day) => Date.UTC(2025, 0, 1 + day, 9))
  const kept = keptTimes(times)
  expect(days(kept)).toEqual([
    ...['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30'],
    ...['2026-07-31', '2026-08-31', '2026-09-30', '2026-10-31', '2026-11-30'],
    // Sundays of the three weeks before this one, then a week of days.
    ...['2026-12-13', '2026-12-20', '2026-12-25', '2026-12-26', '2026-12-27', '2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31']
  ])
})

it('keeps what has been kept when it is asked day after day', () => {
  let kept: number[] = []
  for (let day = 0; day < 400; day++) kept = [...keptTimes([...kept, Date.UTC(2025, 0, 1 + day, 9)])]
  const all = keptTimes(Array.from({ length: 400 }, (_, day) => Date.UTC(2025, 0, 1 + day, 9)))
  expect(days(new Set(kept))).toEqual(days(all))
})

it('keeps the three newest, however close together', () => {
  const times = [1, 2, 3, 4, 5].map((minute) => Date.UTC(2026, 0, 1, 9, minute))
  expect([...keptTimes(times)].sort()).toEqual(times.slice(2))
})
