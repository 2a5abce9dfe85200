import type { Failure } from './failure.ts'

/** Start options of a database thread. */
export interface ThreadStart {
  readonly role: 'writer' | 'reader'
  readonly folder: string
  /** Name of the catalogue that the writer makes in `folder` before it opens it; null opens one that exists. */
  readonly make: string | null
}

/** A call to a database thread. */
export interface ThreadCall {
  readonly id: number
  readonly name: string
  readonly input: unknown
}

/** A reply; `milliseconds` is the time of the operation itself. A failure with id 0 belongs to no call: maintenance failed. */
export type ThreadReply =
  | { readonly id: number; readonly milliseconds: number; readonly result: unknown }
  | { readonly id: number; readonly milliseconds: number; readonly failure: Failure }

/** Name of the call that opens the catalogue; the first one. Until then the thread only loads its code. */
export const openCall = '(open)'

/** Name of the call by which the writer copies the whole database; its input is the path of the copy. */
export const copyCall = '(copy)'

/** Name of the call by which a reader of its own makes a backup; its input is where, and why. The answer is the backup. */
export const backUpCall = '(back up)'

/** Name of the call that lists the backups of the thread's folder. Nothing is opened for it. */
export const listBackupsCall = '(list backups)'

/** Name of the call that restores a backup, its input, to the thread's folder. Nothing is opened for it. */
export const restoreCall = '(restore)'

/** Name of the call that closes the connection and ends the thread. */
export const closeCall = '(close)'
