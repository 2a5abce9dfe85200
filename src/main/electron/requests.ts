import type { WebContents } from 'electron'
import { requestChannel, type ShellRequest } from '../../shared/shell.ts'

/** Requests to the page from outside. */
export interface Requests {
  /** Sends a request to the page, or keeps it until a page listens. */
  send(request: ShellRequest): void
  /** The page of a window starts to listen. */
  listening(contents: Pick<WebContents, 'send' | 'once' | 'isDestroyed'>): void
}

/** Passes requests to the page that listened last. A page that reloads has to announce itself again. */
export function createRequests(): Requests {
  let waiting: ShellRequest[] = []
  let page: Parameters<Requests['listening']>[0] | null = null
  return {
    send: (request) => {
      if (page === null || page.isDestroyed()) waiting.push(request)
      else page.send(requestChannel, request)
    },
    listening: (contents) => {
      page = contents
      const gone = (): void => {
        if (page === contents) page = null
      }
      contents.once('did-start-loading', gone)
      contents.once('destroyed', gone)
      for (const request of waiting) contents.send(requestChannel, request)
      waiting = []
    }
  }
}
