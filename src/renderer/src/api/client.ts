import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { shallowRef } from 'vue'
import type { contract } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { sessionHeaders } from './session-keys.ts'

/** The core as the page calls it: `api.objects.record({ objectId })`. Types come from the contract alone. */
export type Api = ContractRouterClient<typeof contract>

/** Methods that store decisions or settings; the status bar shows while one is in progress. */
const stores = (path: readonly string[]): boolean =>
  path[0] === 'decisions' ||
  (path[0] === 'settings' && path[1] === 'set') ||
  (path[0] === 'history' && (path[1] === 'undo' || path[1] === 'redo'))

/** Number of storing calls in progress. */
export const storing = shallowRef(0)

/** Makes a client of the core that answers at `url`. */
export function createApi(url: () => string, send: typeof fetch = (...input) => fetch(...input)): Api {
  const link = new RPCLink({
    url,
    headers: sessionHeaders,
    fetch: async (request, init) => {
      const response = await send(request, init)
      // Only the browser shell answers this way, before the core is called, with a page for people.
      if (response.status === 403) throw new AppError('access.session')
      return response
    },
    interceptors: [
      async ({ next, path }) => {
        if (!stores(path)) return next()
        storing.value += 1
        try {
          return await next()
        } finally {
          storing.value -= 1
        }
      }
    ]
  })
  return createORPCClient(link)
}

/** The core of this window. Every shell serves it from the page's own origin. */
export const api: Api = createApi(() => `${location.origin}/rpc`)
