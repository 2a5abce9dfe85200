/** How a crashed core is brought back: at once the first times, never more than `limit` times within `window` milliseconds. */
const limit = 5
const window = 60_000

/**
 * Decides after a crash. `crashes` are the times of the earlier ones, in milliseconds.
 * @returns the delay before the next start in milliseconds, or null when starting again would only crash again
 */
export function delayAfterCrash(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter((time) => now - time < window).length
  if (recent >= limit) return null
  return recent <= 1 ? 0 : 250 * 2 ** (recent - 2)
}
