import type { CoreContext } from '../app/context.ts'
import type { Desk } from '../app/desk.ts'

/** Services for the methods of the contract: the parts of the core, and the desk with the open catalogue. */
export interface CallContext extends CoreContext {
  readonly desk: Desk
}
