import type { CoreEvent } from '../../../shared/contract.ts'
import { sessionHeaders } from './session-keys.ts'

/** `lost` covers a core that ended, restarts or never answered; `refused` a window whose session is not known. */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'refused'

export interface EventStreamOptions {
  readonly url: string
  onEvent(event: CoreEvent): void
  onState(state: ConnectionState): void
  /** For tests: what fetches, and how long to wait before attempt n (in milliseconds, n from 0). */
  readonly send?: typeof fetch
  readonly delay?: (attempt: number) => number
}

export interface EventStream {
  /** Connects at once instead of after the wait. */
  retry(): void
  close(): void
}

const defaultDelay = (attempt: number): number => Math.min(5000, 300 * 2 ** attempt)

/**
 * Listens to GET /events for the lifetime of the window, and reconnects whenever the stream ends. It uses fetch, because an
 * EventSource needs http and the Electron shell serves the page from its own scheme.
 */
export function openEvents({
  url,
  onEvent,
  onState,
  send = (...input) => fetch(...input),
  delay = defaultDelay
}: EventStreamOptions): EventStream {
  const ended = new AbortController()
  let attempt = 0
  let wake: (() => void) | null = null

  const listen = async (): Promise<void> => {
    const response = await send(url, { headers: { Accept: 'text/event-stream', ...sessionHeaders() }, signal: ended.signal })
    if (response.status === 401 || response.status === 403) return onState('refused')
    if (!response.ok || response.body === null) return onState('lost')
    onState('connected')
    attempt = 0
    for await (const event of readEvents(response.body)) onEvent(event)
    onState('lost')
  }

  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await listen().catch(() => onState('lost'))
      if (ended.signal.aborted) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay(attempt))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      attempt += 1
    }
  }

  onState('connecting')
  void run()
  return {
    retry: () => {
      attempt = 0
      wake?.()
    },
    close: () => {
      ended.abort()
      wake?.()
    }
  }
}

/** Reads the events of a server-sent event stream; comments and fields other than `data` are ignored. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<CoreEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    rest += decoder.decode(value, { stream: true })
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n')
      if (data !== '') yield JSON.parse(data) as CoreEvent
    }
  }
}
