import type Database from 'better-sqlite3'

export type Connection = Database.Database

/**
 * An operation on the catalogue: runs inside a database thread, is given plain data and returns plain data (both are
 * cloned between threads). Writes run inside one immediate transaction each.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the bound of a map of functions; each entry keeps its own types
export type Operations = Record<string, (connection: Connection, input: any) => unknown>

/** The call side of a map of operations: what a thread's owner can ask, with the operations' own types. */
export type Caller<O extends Operations> = <K extends keyof O & string>(
  name: K,
  ...input: Parameters<O[K]> extends [Connection, infer I] ? [input: I] : []
) => Promise<ReturnType<O[K]>>
