import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { openFile } from '../../src/main/core/catalogue/connection.ts'
import type { Connection } from '../../src/main/core/catalogue/operation.ts'

/** An empty database in memory, brought up to the migration `target` (default: all). */
export function databaseAt(target?: number): Connection {
  const connection = openFile(':memory:', { readonly: false })
  connection.pragma('foreign_keys = ON')
  migrate(connection, { folder: ':memory:', target })
  return connection
}

/** The whole schema as SQL text: every table, index and trigger by kind and name, without the layout of its source. */
export function schemaOf(connection: Connection): string {
  const rows = connection
    .prepare<[], { sql: string }>(
      `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
       ORDER BY tbl_name, CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name`
    )
    .all()
  return rows.map(({ sql }) => `${sql.replace(/\n {4}/g, '\n')};\n`).join('\n')
}
