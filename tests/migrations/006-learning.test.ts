import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('takes every run there is for one of a model, and drops the embeddings of a picture with it', () => {
  const connection = databaseAt(5)
  connection.exec(`
    INSERT INTO run (id, bundle_id, bundle_version, bundle_sha256, device, started_at) VALUES (1, 'starter', '1', 'hash', 'cpu', 'then');
    INSERT INTO object (id, number_key, created_at) VALUES (1, '', 'then');
    INSERT INTO image (id, object_id, sha256, format, bytes, width, height, metadata, imported_at) VALUES (1, 1, 'a', 'jpeg', 1, 1, 1, '{}', 'then')`)
  expect(migrate(connection, { folder: ':memory:', target: 6 })).toBe(1)
  expect(connection.prepare('SELECT kind FROM run').pluck().all()).toEqual(['model'])
  expect(() => connection.exec(`UPDATE run SET kind = 'other'`)).toThrow('CHECK')
  connection.exec(`INSERT INTO embedding VALUES (1, 'encoder', x'00')`)
  connection.pragma('foreign_keys = ON')
  connection.exec('DELETE FROM image')
  expect(connection.prepare('SELECT count(*) FROM embedding').pluck().get()).toBe(0)
})
