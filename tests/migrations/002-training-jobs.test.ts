import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('keeps every job, its items and the runs that it made', () => {
  const connection = databaseAt(1)
  connection.exec(`
    INSERT INTO job (id, kind, state, title, options, total, counts, error, result, started_at, finished_at) VALUES
      (3, 'import', 'done', 'Fotos', '{"folder":"/f"}', 2, '{"taken":2}', NULL, '{"taken":2}', 'then', 'later'),
      (7, 'predict', 'interrupted', 'C', '{}', NULL, '{}', '{"code":"bug","data":{}}', NULL, 'then', NULL);
    INSERT INTO job_item (job_id, key, state) VALUES (3, 'a.jpg', 'taken');
    INSERT INTO run (id, bundle_id, bundle_version, bundle_sha256, device, job_id, started_at) VALUES (1, 'b', '1', 'h', 'cpu', 7, 'then')`)
  const before = connection.prepare('SELECT * FROM job ORDER BY id').all()
  expect(() => connection.exec(`UPDATE job SET kind = 'train'`)).toThrow('CHECK')
  expect(migrate(connection, { folder: ':memory:', target: 2 })).toBe(1)
  expect(connection.prepare('SELECT * FROM job ORDER BY id').all()).toEqual(before)
  expect(connection.prepare('SELECT job_id FROM job_item').pluck().all()).toEqual([3])
  expect(connection.prepare('SELECT job_id FROM run').pluck().all()).toEqual([7])
  connection.exec(`INSERT INTO job (kind, state, title, options, started_at) VALUES ('train', 'waiting', 'C', '{}', 'now')`)
  expect(() =>
    connection.exec(`INSERT INTO job (kind, state, title, options, started_at) VALUES ('sing', 'waiting', 'C', '{}', 'now')`)
  ).toThrow()
})

it('leaves the references between tables in force', () => {
  const connection = databaseAt(2)
  expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
  expect(() => connection.exec(`INSERT INTO job_item (job_id, key, state) VALUES (99, 'a', 'taken')`)).toThrow('FOREIGN KEY')
})
