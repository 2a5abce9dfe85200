import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('keeps every job and its items, and takes jobs of other kinds', () => {
  const connection = databaseAt(3)
  connection.exec(`
    INSERT INTO job (id, kind, state, title, options, started_at) VALUES (3, 'import', 'done', 'Fotos', '{"folder":"/f"}', 'then');
    INSERT INTO job_item (job_id, key, state) VALUES (3, 'a.jpg', 'taken')`)
  const before = connection.prepare('SELECT * FROM job').all()
  const rule = `INSERT INTO job (kind, state, title, options, started_at) VALUES ('rule', 'waiting', 'C', '{}', 'now')`
  expect(() => connection.exec(rule)).toThrow('CHECK')
  expect(migrate(connection, { folder: ':memory:', target: 4 })).toBe(1)
  expect(connection.prepare('SELECT * FROM job').all()).toEqual(before)
  expect(connection.prepare('SELECT job_id FROM job_item').pluck().all()).toEqual([3])
  connection.exec(rule)
})

it('finds the events of an action object by object without looking at the others', () => {
  const connection = databaseAt(4)
  const plan = connection.prepare('EXPLAIN QUERY PLAN SELECT min(object_id) FROM event WHERE action_id = ? AND object_id > ?').all(1, 1)
  expect(JSON.stringify(plan)).toContain('USING COVERING INDEX event_by_action (action_id=? AND object_id>?)')
})
