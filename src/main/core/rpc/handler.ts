import { createRouterClient, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../../shared/contract.ts'
import type { HttpParts } from '../http/handler.ts'
import type { CallContext } from './context.ts'
import { toWire, type Explain } from './failures.ts'
import { router } from './router.ts'

/** Every method of the contract, as functions. */
export type CoreClient = ContractRouterClient<typeof contract>

interface Call {
  readonly path: readonly string[]
  next(): Promise<unknown>
}

const explained =
  (explain: Explain) =>
  async ({ path, next }: Call): Promise<unknown> => {
    try {
      return await next()
    } catch (error) {
      if (error instanceof ORPCError && error.code === 'APP') throw error
      throw toWire(explain(error, path.join('.')))
    }
  }

/** Answers POST /rpc/<area>/<method> out of the router. */
export function createRpc(context: CallContext, explain: Explain): HttpParts['rpc'] {
  const handler = new RPCHandler(router, { clientInterceptors: [explained(explain)] })
  return async (request, response) => (await handler.handle(request, response, { prefix: '/rpc', context })).matched
}

/** The same methods for callers in this process; inputs and outputs are validated as over HTTP. */
export function createClient(context: CallContext, explain: Explain): CoreClient {
  return createRouterClient(router, { context, interceptors: [explained(explain)] })
}
