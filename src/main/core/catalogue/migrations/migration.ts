/** A numbered step from one schema to the next; `user_version` of the database holds the number of the last one applied. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly up: string
}
