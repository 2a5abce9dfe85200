/** The numbers of days, weeks and months of which the newest backup is kept. */
const keptDays = 7
const keptWeeks = 4
const keptMonths = 12

/** Number of the newest backups always kept: several may be made on one day, each before something risky. */
const keptNewest = 3

const day = 86_400_000

/**
 * Which backups to keep, by their times: the newest of each of the last 7 days, 4 weeks and 12 months
 * that have any, and the 3 newest. Days are in UTC, weeks begin on Monday.
 */
export function keptTimes(times: readonly number[]): Set<number> {
  const newestFirst = [...times].sort((a, b) => b - a)
  const kept = new Set(newestFirst.slice(0, keptNewest))
  const keepNewestOf = (periodOf: (time: number) => string | number, most: number): void => {
    const periods = new Set<string | number>()
    for (const time of newestFirst) {
      const period = periodOf(time)
      if (periods.has(period)) continue
      if (periods.size === most) return
      periods.add(period)
      kept.add(time)
    }
  }
  keepNewestOf((time) => Math.floor(time / day), keptDays)
  // 1 January 1970 was a Thursday.
  keepNewestOf((time) => Math.floor((Math.floor(time / day) + 3) / 7), keptWeeks)
  keepNewestOf((time) => new Date(time).toISOString().slice(0, 7), keptMonths)
  return kept
}
