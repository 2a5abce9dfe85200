import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('keeps every event as it was, still append-only, and takes events about fields', () => {
  const connection = databaseAt(4)
  connection.exec(`
    INSERT INTO object (id, inventory_number, number_key, created_at) VALUES (1, '12', '12', 'then');
    INSERT INTO action (id, kind, author, at) VALUES (1, 'note', 'Maria', 'then');
    INSERT INTO event (action_id, object_id, subject, before, after) VALUES (1, 1, 'note', '""', '"trencat"')`)
  const kept = 'SELECT id, action_id, object_id, subject, facet, concept_id, before, after FROM event'
  const before = connection.prepare(kept).all()
  expect(migrate(connection, { folder: ':memory:', target: 5 })).toBe(1)
  expect(connection.prepare(kept).all()).toEqual(before)
  expect(() => connection.exec('DELETE FROM event')).toThrow('append-only')
  expect(() => connection.exec(`UPDATE event SET after = ''`)).toThrow('append-only')
  connection.exec(`
    INSERT INTO field (id, kind, name, position) VALUES (1, 'text', 'Sala', 1);
    INSERT INTO event (action_id, object_id, subject, field_id, after) VALUES (1, 1, 'field', 1, '{}')`)
  expect(connection.prepare('SELECT count(*) FROM event').pluck().get()).toBe(2)
})

it('has no fields and nothing to search in them for objects that were there', () => {
  const connection = databaseAt(4)
  connection.exec(`INSERT INTO object (id, number_key, created_at) VALUES (1, 'a', 'then')`)
  migrate(connection, { folder: ':memory:', target: 5 })
  expect(connection.prepare('SELECT field_text FROM object').pluck().all()).toEqual([''])
})
