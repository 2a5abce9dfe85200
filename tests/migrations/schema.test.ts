import { expect, it } from 'vitest'
import { migrate } from '../../src/main/core/catalogue/migrate.ts'
import { migrations } from '../../src/main/core/catalogue/migrations/index.ts'
import { databaseAt, schemaOf } from './schema.ts'

it('numbers the migrations from 1 without gaps', () => {
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1))
})

// The committed schema is for reading and review: `npx vitest run tests/migrations -u` rewrites it.
it('gives the schema that is committed', async () => {
  await expect(schemaOf(databaseAt())).toMatchFileSnapshot('schema.sql')
})

it('gives the same schema step by step as at once', () => {
  const stepwise = databaseAt(0)
  for (const { number } of migrations) migrate(stepwise, { folder: ':memory:', target: number })
  expect(schemaOf(stepwise)).toBe(schemaOf(databaseAt()))
  expect(stepwise.pragma('user_version', { simple: true })).toBe(migrations.length)
})

it('leaves no dangling reference', () => {
  expect(databaseAt().pragma('foreign_key_check')).toEqual([])
})
