import type { CoreEvent } from '../../shared/contract.ts'

/** Publishes events of the core to all listeners: the event streams of open windows, the command line. */
export interface EventHub {
  publish(event: CoreEvent): void
  /** Listens until the returned function is called. */
  subscribe(listener: (event: CoreEvent) => void): () => void
}

/** Creates a hub. A listener that throws is reported to `onFailure`; the others still get the event. */
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
