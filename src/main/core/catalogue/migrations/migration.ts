import type { Connection } from '../operation.ts'

/** A numbered step from one schema to the next; `user_version` of the database holds the number of the last one applied. */
export interface Migration {
  readonly number: number
  readonly name: string
  /** SQL, or a function where data must be computed. Either runs inside the transaction of the step. */
  readonly up: string | ((connection: Connection) => void)
  /**
   * Makes tables anew to which others refer: foreign keys are off meanwhile (dropping the old table would act on the rows
   * that refer to it), and all of them are checked before the step counts (SQLite, "Making Other Kinds Of Table Schema Changes").
   */
  readonly rebuildsTables?: true
}
