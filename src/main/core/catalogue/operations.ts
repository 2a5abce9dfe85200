import type { Connection } from './operation.ts'
import { statement } from './statement.ts'

/** What the catalogue says about itself. */
export const catalogueReads = {
  /** A property of the catalogue (its name, …), null if it was never set. */
  property(connection: Connection, key: string): string | null {
    const row = statement<[string], { value: string }>(connection, 'SELECT value FROM property WHERE key = ?').get(key)
    return row?.value ?? null
  }
}

export const catalogueWrites = {
  setProperty(connection: Connection, { key, value }: { key: string; value: string }): void {
    statement(connection, 'INSERT INTO property (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(
      key,
      value
    )
  }
}
