import type { WebContents } from 'electron'
import { requestChannel, type ShellRequest } from '../../shared/shell.ts'

/** What is asked of the page from outside it. */
export interface Requests {
  /** Sends a request to the page, or keeps it until a page listens. */
  send(request: ShellRequest): void
  /** The page of a window listens from now on. */
  listening(contents: Pick<WebContents, 'send' | 'once' | 'isDestroyed'>): void
}

/** Hands requests to the page that listened last; a page that loads again has to say so again. */
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
