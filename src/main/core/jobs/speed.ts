/** Speed is measured over the last seconds, so that it is current. */
const windowSeconds = 10

/** Seconds before which a speed would be a guess. */
const shortestSpan = 0.5

/** Items per second over a sliding window. */
export interface SpeedMeter {
  /** Tells that `done` items are done in all at the time `now` (milliseconds of any steady clock). */
  record(now: number, done: number): void
  perSecond(now: number): number | null
}

export function createSpeedMeter(): SpeedMeter {
  const points: { at: number; done: number }[] = []
  return {
    record(at, done) {
      points.push({ at, done })
      // The newest point that is older than the window stays: it is where the window begins.
      while (points.length > 2 && (points[1]?.at ?? at) < at - windowSeconds * 1000) points.shift()
    },
    perSecond(now) {
      const first = points[0]
      const last = points.at(-1)
      if (first === undefined || last === undefined) return null
      const seconds = (now - first.at) / 1000
      return seconds < shortestSpan ? null : (last.done - first.done) / seconds
    }
  }
}
