import type Database from 'better-sqlite3'

export type Connection = Database.Database

/**
 * An operation on the catalogue. It runs in a database thread; its input and result are plain data, cloned between threads. Each
 * write runs in an immediate transaction.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the bound of a map of functions; each entry keeps its own types
export type Operations = Record<string, (connection: Connection, input: any) => unknown>

/** The caller's side of a map of operations, with the types of each operation. */
export type Caller<O extends Operations> = <K extends keyof O & string>(
  name: K,
  ...input: Parameters<O[K]> extends [Connection, infer I] ? [input: I] : []
) => Promise<ReturnType<O[K]>>
