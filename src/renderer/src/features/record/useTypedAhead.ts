import { watch } from 'vue'

/**
 * Keys pressed while the next object is on its way wait for it: a cataloguer at typing speed is ahead of the screen by a key or
 * two, and a key must neither be lost nor land on the object before. They act in their order once the object is there.
 */
export interface TypedAhead {
  /** Acts at once if the object is loaded, else once it is. */
  do(act: () => unknown): unknown
  /** As `do`, for what opens a window: the keys typed after it were meant for that window, and are dropped. */
  open(act: () => unknown): unknown
  /** Whether keys are waiting. */
  readonly waits: () => boolean
  /** Forgets the keys that wait: the object cannot be read. */
  drop(): void
}

/** `visit` changes with every object that has come; `ready` tells whether the object on screen is the one asked for. */
export function useTypedAhead(ready: () => boolean, visit: () => unknown): TypedAhead {
  let waiting: (() => unknown)[] = []
  let shut = false

  const put = (act: () => unknown, last: boolean): unknown => {
    if (ready() && waiting.length === 0) return act()
    if (!shut) waiting.push(act)
    shut ||= last
    return undefined
  }

  watch([visit, ready], () => {
    while (waiting.length > 0 && ready()) waiting.shift()?.()
    if (waiting.length === 0) shut = false
  })

  return {
    do: (act) => put(act, false),
    open: (act) => put(act, true),
    waits: () => waiting.length > 0,
    drop: () => {
      waiting = []
      shut = false
    }
  }
}
