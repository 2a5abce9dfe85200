import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { databaseAt } from './schema.ts'

it('lets two objects have one number, and still finds a number without looking at the others', () => {
  const connection = databaseAt(7)
  const add = `INSERT INTO object (inventory_number, number_key, created_at) VALUES ('MUS 1', '', 'then')`
  connection.exec(add)
  expect(() => connection.exec(add)).toThrow('UNIQUE')
  expect(migrate(connection, { folder: ':memory:', target: 8 })).toBe(1)
  connection.exec(add)
  const plan = connection.prepare('EXPLAIN QUERY PLAN SELECT id FROM object WHERE inventory_number = ?').all('MUS 1')
  expect(JSON.stringify(plan)).toContain('object_by_inventory_number')
})
