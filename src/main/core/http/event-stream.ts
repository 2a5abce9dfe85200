import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CoreEvent } from '../../../shared/contract.ts'
import type { EventHub } from '../events.ts'
import { Outbox } from './outbox.ts'

/** The open event streams (server-sent events) of the windows that listen. */
export interface EventStreams {
  /** Answers GET /events: sends `hello`, then every event until the reader disconnects or the core ends. */
  open(request: IncomingMessage, response: ServerResponse): void
  /** Ends every stream cleanly, so that readers see no error. */
  close(): void
}

/** Milliseconds between heartbeats on an idle stream. */
const defaultHeartbeat = 15_000

export function createEventStreams(hub: EventHub, coreId: string, heartbeat = defaultHeartbeat): EventStreams {
  const open = new Set<() => void>()
  return {
    open(_request, response) {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no'
      })
      response.write('retry: 1000\n\n')
      const outbox = new Outbox()
      let ready = true
      const flush = (): void => {
        while (ready) {
          const event = outbox.take()
          if (event === undefined) return
          ready = response.write(`data: ${JSON.stringify(event)}\n\n`)
        }
      }
      const tell = (event: CoreEvent): void => {
        outbox.add(event)
        flush()
      }
      response.on('drain', () => {
        ready = true
        flush()
      })
      const timer = setInterval(() => {
        if (ready) ready = response.write(': still here\n\n')
      }, heartbeat)
      const unsubscribe = hub.subscribe(tell)
      const end = (): void => {
        clearInterval(timer)
        unsubscribe()
        open.delete(end)
        response.end()
      }
      open.add(end)
      response.once('close', end)
      tell({ type: 'hello', coreId })
    },
    close() {
      for (const end of [...open]) end()
    }
  }
}
