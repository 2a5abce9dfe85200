/** A call that is passed on at most once in a while; the last one is never lost. */
export interface Throttled {
  call(): void
  /** Passes on what is due at once. */
  end(): void
}

/** @param interval - smallest time between two calls, milliseconds */
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
