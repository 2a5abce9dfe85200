/**
 * Lets one worker at a time decode a picture that needs much memory. The owner of the workers holds the gate; a worker asks through
 * its messages.
 */
export interface HeavyGate {
  /** Calls `enter` once `holder` is the only one inside: at once, or when all before it have left. */
  ask(holder: object, enter: () => void): void
  /** Lets the next one in, if `holder` is inside; takes it out of the queue, if it waits. */
  leave(holder: object): void
}

export function createHeavyGate(): HeavyGate {
  let inside: object | null = null
  let waiting: { readonly holder: object; readonly enter: () => void }[] = []

  function next(): void {
    const first = waiting.shift()
    inside = first?.holder ?? null
    first?.enter()
  }

  return {
    ask(holder, enter) {
      waiting.push({ holder, enter })
      if (inside === null) next()
    },
    leave(holder) {
      waiting = waiting.filter((one) => one.holder !== holder)
      if (inside === holder) next()
    }
  }
}

/** The worker's side of the gate: runs `work` exclusively among all workers. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>
