/** Keys of files to work on, claimed from the catalogue page by page while a scan may still be adding to it. */
export interface ClaimQueue {
  /** The next file; null if there will be no more. */
  next(): Promise<string | null>
  /** The scan has listed more files, or (with `complete`) all of them. */
  listed(complete: boolean): void
  /** Puts a file back at the head. */
  again(key: string): void
  /** Whether there are claimed files that have not been handed out. */
  waiting(): boolean
  /** Ends the queue: all waiting callers get null. Returns the files that were claimed and not handed out. */
  end(): string[]
}

/**
 * @param claim - claims the next page; an empty one means that nothing is listed now
 */
export function createClaimQueue(claim: () => Promise<{ keys: string[]; more: boolean }>): ClaimQueue {
  let ready: string[] = []
  let complete = false
  let ended = false
  let claiming: Promise<boolean> | null = null
  let wake: () => void = () => undefined
  let woken = new Promise<void>((resolve) => (wake = resolve))

  function signal(): void {
    wake()
    woken = new Promise<void>((resolve) => (wake = resolve))
  }

  /** Fetches a page once for all waiting callers; false if nothing was listed. */
  function fetch(): Promise<boolean> {
    claiming ??= claim()
      .then(({ keys, more }) => {
        ready.push(...keys)
        return more
      })
      .finally(() => (claiming = null))
    return claiming
  }

  return {
    async next() {
      for (;;) {
        if (ended) return null
        const key = ready.shift()
        if (key !== undefined) return key
        const final = complete
        const listed = woken
        if (await fetch()) continue
        if (ready.length > 0) continue
        if (final) return null
        if (!complete && !ended) await listed
      }
    },
    listed(all) {
      complete ||= all
      signal()
    },
    again(key) {
      ready.unshift(key)
      signal()
    },
    waiting: () => ready.length > 0,
    end() {
      ended = true
      signal()
      const left = ready
      ready = []
      return left
    }
  }
}
