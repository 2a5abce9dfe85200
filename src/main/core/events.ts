import type { CoreEvent } from '../../shared/contract.ts'

/** Tells what happens in the core to everybody who listens: the event streams of open windows, the command line. */
export interface EventHub {
  publish(event: CoreEvent): void
  /** Listens until the function returned is called. */
  subscribe(listener: (event: CoreEvent) => void): () => void
}

/** Makes a hub. A listener that throws is reported to `onFailure` and keeps nobody else from hearing the event. */
export function createEventHub(onFailure: (error: unknown) => void): EventHub {
  const listeners = new Set<(event: CoreEvent) => void>()
  return {
    publish(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event)
        } catch (error) {
          onFailure(error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}
