import { createSpeedMeter } from './speed.ts'

/** Smallest time between two events about the same job, milliseconds: at most ten a second. */
const eventInterval = 100

/** Progress of a running job. */
export interface Progress {
  total: number | null
  readonly counts: Record<string, number>
  done(): number
  perSecond(): number | null
  secondsLeft(): number | null
  setTotal(total: number | null): void
  count(itemState: string, n?: number, options?: { resumed?: boolean }): void
  /** No event comes after this. */
  end(): void
}

/** Counts a job's items and calls `changed` at most ten times a second. */
export function createProgress(changed: () => void, clock: () => number = () => performance.now()): Progress {
  const counts: Record<string, number> = {}
  const speed = createSpeedMeter()
  let before = 0
  let lastEvent = -Infinity
  let timer: NodeJS.Timeout | null = null
  let ended = false

  const done = (): number => doneOf(counts)
  function tell(): void {
    if (ended || timer !== null) return
    timer = setTimeout(
      () => {
        timer = null
        lastEvent = clock()
        changed()
      },
      Math.max(0, lastEvent + eventInterval - clock())
    )
  }
  speed.record(clock(), 0)
  return {
    total: null,
    counts,
    done,
    perSecond: () => speed.perSecond(clock()),
    secondsLeft() {
      const rate = speed.perSecond(clock())
      if (this.total === null || rate === null || rate <= 0) return null
      return Math.max(0, this.total - done()) / rate
    },
    setTotal(total) {
      this.total = total
      tell()
    },
    count(itemState, n = 1, options = {}) {
      counts[itemState] = (counts[itemState] ?? 0) + n
      if (options.resumed === true && itemState !== 'pending') before += n
      speed.record(clock(), done() - before)
      tell()
    },
    end() {
      ended = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    }
  }
}

/** How many items are done: all that are counted but those `pending`. */
export function doneOf(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce((sum, [state, n]) => (state === 'pending' ? sum : sum + n), 0)
}
