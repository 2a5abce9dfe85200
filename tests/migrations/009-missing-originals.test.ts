import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('takes every original as found until it is looked for, and finds the missing ones by an index', () => {
  const connection = databaseAt(8)
  connection.exec(`
    INSERT INTO object (id, inventory_number, number_key, created_at) VALUES (1, 'MUS 1', '', 'then');
    INSERT INTO image (object_id, sha256, format, bytes, width, height, metadata, imported_at)
      VALUES (1, 'ab', 'jpeg', 10, 1, 1, '{}', 'then')`)
  expect(migrate(connection, { folder: ':memory:', target: 9 })).toBe(1)
  expect(connection.prepare('SELECT missing FROM image').all()).toEqual([{ missing: 0 }])
  expect(() => connection.exec('UPDATE image SET missing = 2')).toThrow('CHECK')
  const plan = connection.prepare('EXPLAIN QUERY PLAN SELECT object_id FROM image WHERE missing = 1').all()
  expect(JSON.stringify(plan)).toContain('image_missing')
})
