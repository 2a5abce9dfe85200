/** How a crashed core is restarted: at once the first times, and at most `limit` times within `window` milliseconds. */
const limit = 5
const window = 60_000

/**
 * Decides after a crash. `crashes` are the times of the earlier ones, in milliseconds.
 * @returns the delay before the next start in milliseconds, or null to give up
 */
export function delayAfterCrash(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter((time) => now - time < window).length
  if (recent >= limit) return null
  return recent <= 1 ? 0 : 250 * 2 ** (recent - 2)
}
