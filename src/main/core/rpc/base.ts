import { implement } from '@orpc/server'
import { contract } from '../../../shared/contract.ts'
import type { CallContext } from './context.ts'

/** The contract with the core as its context: each area's file gives the handlers of its methods. */
export const methods = implement(contract).$context<CallContext>()
