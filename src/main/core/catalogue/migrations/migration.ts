import type { Connection } from '../operation.ts'

/** A numbered step from one schema to the next; `user_version` of the database holds the number of the last one applied. */
export interface Migration {
  readonly number: number
  readonly name: string
  /** SQL, or a function where data must be computed. Either runs inside the transaction of the step. */
  readonly up: string | ((connection: Connection) => void)
  /**
   * Rebuilds tables that others refer to. Foreign keys are off during the step (dropping the old table would affect the referring
   * rows), and are all checked before it is committed (SQLite, "Making Other Kinds Of Table Schema Changes").
   */
  readonly rebuildsTables?: true
}
