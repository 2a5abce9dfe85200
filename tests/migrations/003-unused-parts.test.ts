import { expect, it } from 'vitest'
import { nextRedo, nextUndo } from '../../src/main/core/annotation/undo.ts'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('drops what nothing uses and keeps every action and suggestion', () => {
  const connection = databaseAt(2)
  connection.exec(`
    INSERT INTO object (id, number_key, created_at) VALUES (1, 'a', 'now');
    INSERT INTO action (id, kind, author, at) VALUES (1, 'flag', 'MP', 'now'), (2, 'note', 'MP', 'now'), (3, 'undo', 'MP', 'now');
    UPDATE action SET undone_by = 3 WHERE id = 2`)
  const before = connection.prepare('SELECT * FROM action ORDER BY id').all()
  expect(migrate(connection, { folder: ':memory:', target: 3 })).toBe(1)
  expect(connection.prepare('SELECT * FROM action ORDER BY id').all()).toEqual(before)
  const left = connection.prepare(`SELECT name FROM sqlite_schema WHERE name IN ('action_by_object', 'prediction_removed')`).all()
  expect(left).toEqual([])
})

it('gives undo and redo the indexes that they are made for', () => {
  const connection = databaseAt()
  connection.exec(`INSERT INTO action (id, kind, author, at) VALUES (1, 'flag', 'MP', 'now')`)
  expect(nextUndo(connection, 'MP')).toBe(1)
  expect(nextRedo(connection, 'MP')).toBeNull()
  const plan = connection
    .prepare<[], { detail: string }>(
      `EXPLAIN QUERY PLAN SELECT id FROM action WHERE author = 'MP' AND undone_by IS NULL AND kind NOT IN ('undo', 'redo') ORDER BY id DESC LIMIT 1`
    )
    .all()
  expect(plan.map(({ detail }) => detail).join()).toContain('action_in_force')
})
