import type Database from 'better-sqlite3'
import type { Connection } from './operation.ts'

const prepared = new WeakMap<Connection, Map<string, Database.Statement>>()

/** A prepared statement with its parameter and row types. */
export type Prepared<Parameters extends unknown[] | object, Row> = Parameters extends unknown[]
  ? Database.Statement<Parameters, Row>
  : Database.Statement<[Parameters], Row>

/**
 * The statement of an SQL text, prepared once per connection. Only for texts from a fixed set: texts built from input
 * would fill the memory.
 */
export function statement<Parameters extends unknown[] | object = unknown[], Row = unknown>(
  connection: Connection,
  sql: string
): Prepared<Parameters, Row> {
  let statements = prepared.get(connection)
  if (statements === undefined) prepared.set(connection, (statements = new Map()))
  let found = statements.get(sql)
  if (found === undefined) statements.set(sql, (found = connection.prepare(sql)))
  return found as unknown as Prepared<Parameters, Row>
}
