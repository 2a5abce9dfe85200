import { readonly, shallowRef } from 'vue'
import { openEvents, type ConnectionState, type EventStream } from '../api/events.ts'
import { dispatchEvent } from './useEvents.ts'

const state = shallowRef<ConnectionState>('connecting')
let stream: EventStream | null = null

/** Opens the stream of events of the core; called once, when the page starts. */
export function connect(): void {
  stream ??= openEvents({ url: '/events', onEvent: dispatchEvent, onState: (next) => (state.value = next) })
}

/** Whether the core answers; `retry` reconnects at once. */
export const useConnection = () => ({ state: readonly(state), retry: () => stream?.retry() })
