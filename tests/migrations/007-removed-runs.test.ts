import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('adds to a run by which action it was removed, none at first', () => {
  const connection = databaseAt(6)
  connection.exec(
    `INSERT INTO run (bundle_id, bundle_version, bundle_sha256, device, started_at) VALUES ('starter', '1', 'h', 'cpu', 'then')`
  )
  expect(migrate(connection, { folder: ':memory:', target: 7 })).toBe(1)
  expect(connection.prepare('SELECT removed_by FROM run').pluck().all()).toEqual([null])
})
