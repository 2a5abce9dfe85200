import { onScopeDispose } from 'vue'
import type { CoreEvent } from '../../../shared/contract.ts'

type EventOf<T extends CoreEvent['type']> = Extract<CoreEvent, { type: T }>
type Listener = (event: CoreEvent) => void

const listeners = new Map<CoreEvent['type'], Set<Listener>>()

/** Passes an event of the core to all listeners of its kind. */
export function dispatchEvent(event: CoreEvent): void {
  for (const listener of [...(listeners.get(event.type) ?? [])]) listener(event)
}

/** Listens for one kind of event until the function returned is called. */
export function listen<T extends CoreEvent['type']>(type: T, listener: (event: EventOf<T>) => void): () => void {
  const set = listeners.get(type) ?? new Set()
  listeners.set(type, set)
  set.add(listener as Listener)
  return () => void set.delete(listener as Listener)
}

/** Listens for one kind of event for as long as the component lives: `useEvent('objects', ({ ids }) => …)`. */
export function useEvent<T extends CoreEvent['type']>(type: T, listener: (event: EventOf<T>) => void): void {
  onScopeDispose(listen(type, listener))
}
