/** A function that is called at most once per interval; the last call is never lost. */
export interface Throttled {
  call(): void
  /** Makes a pending call at once. */
  end(): void
}

/** @param interval - minimum time between two calls, in milliseconds */
export function throttled(pass: () => void, interval: number): Throttled {
  let timer: NodeJS.Timeout | null = null
  function due(): void {
    timer = null
    pass()
  }
  return {
    call() {
      timer ??= setTimeout(due, interval)
    },
    end() {
      if (timer === null) return
      clearTimeout(timer)
      due()
    }
  }
}
