import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { backUp } from './backup.ts'
import { temporaryFolder } from './catalogue.fixture.ts'
import { openFile, openWriter } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import { initial } from './migrations/001-initial.ts'
import type { Migration } from './migrations/migration.ts'
import { openCatalogueWriter, openNewDatabase } from './writer.ts'

const second: Migration = { number: 2, name: 'second', up: 'CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT' }
const broken: Migration = { number: 3, name: 'broken', up: 'CREATE TABLE third (id INTEGER); CREATE TABLE third (id INTEGER)' }

/** A catalogue of the first schema with one property. */
function older(): string {
  const folder = temporaryFolder()
  const writer = openNewDatabase(folder, [initial])
  writer.connection.exec(`INSERT INTO property VALUES ('kept', 'yes')`)
  writer.close()
  return folder
}

it('keeps a checked copy of an older catalogue before it changes it', () => {
  const folder = older()
  const writer = openCatalogueWriter(folder, [initial, second])
  onTestFinished(() => writer.close())
  expect(writer.connection.pragma('user_version', { simple: true })).toBe(2)
  const [name, ...others] = readdirSync(cataloguePaths(folder).backups)
  expect(others).toEqual([])
  expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d{6}\.\d{3}-v1\.sqlite$/)
  const copy = openFile(join(cataloguePaths(folder).backups, name ?? ''), { readonly: true })
  expect(copy.pragma('user_version', { simple: true })).toBe(1)
  expect(copy.prepare(`SELECT * FROM property WHERE key <> 'backup'`).all()).toEqual([{ key: 'kept', value: 'yes' }])
  copy.close()
})

it('makes no copy of a new catalogue or one that needs no change', () => {
  const folder = older()
  openCatalogueWriter(folder, [initial]).close()
  expect(existsSync(cataloguePaths(folder).backups)).toBe(false)
})

it('applies a migration atomically', () => {
  const folder = older()
  expect(() => openCatalogueWriter(folder, [initial, second, broken])).toThrow('already exists')
  const connection = openFile(cataloguePaths(folder).database, { readonly: true })
  onTestFinished(() => void connection.close())
  expect(connection.pragma('user_version', { simple: true })).toBe(2)
  expect(connection.prepare(`SELECT name FROM sqlite_schema WHERE name = 'third'`).all()).toEqual([])
})

it('runs a migration that is a function, atomically', () => {
  const folder = older()
  const compute: Migration = {
    number: 2,
    name: 'compute',
    up: (connection) => {
      const [row] = connection.prepare<[], { value: string }>('SELECT value FROM property').all()
      connection.prepare(`INSERT INTO property VALUES ('computed', ?)`).run(`${row?.value}!`)
    }
  }
  const failing: Migration = {
    number: 3,
    name: 'failing',
    up: (connection) => {
      connection.exec('DELETE FROM property')
      throw new Error('no further')
    }
  }
  expect(() => openCatalogueWriter(folder, [initial, compute, failing])).toThrow('no further')
  const connection = openFile(cataloguePaths(folder).database, { readonly: true })
  onTestFinished(() => void connection.close())
  expect(connection.pragma('user_version', { simple: true })).toBe(2)
  expect(connection.prepare('SELECT * FROM property ORDER BY key').all()).toEqual([
    { key: 'computed', value: 'yes!' },
    { key: 'kept', value: 'yes' }
  ])
})

it('removes copies that were left unfinished', () => {
  const folder = older()
  const { backups } = cataloguePaths(folder)
  mkdirSync(backups)
  for (const name of ['2026-01-04T000000.000-v1.sqlite.part', '2026-01-04T000000.000-v1.sqlite', 'notes.part'])
    writeFileSync(join(backups, name), '')
  openCatalogueWriter(folder, [initial]).close()
  expect(readdirSync(backups).sort()).toEqual(['2026-01-04T000000.000-v1.sqlite', 'notes.part'])
})

it('keeps the newest copy of each of the last days, weeks and months', () => {
  const folder = older()
  const connection = openWriter(cataloguePaths(folder).database)
  onTestFinished(() => void connection.close())
  const { backups } = cataloguePaths(folder)
  for (let day = 1; day <= 20; day++) backUp(connection, backups, 'migration', new Date(Date.UTC(2026, 0, day, 12)))
  const days = readdirSync(backups).map((name) => name.slice(0, 10))
  // 7 days up to Tuesday the 20th, and the Sundays of the two weeks before them.
  const kept = ['04', '11', '14', '15', '16', '17', '18', '19', '20'].map((day) => `2026-01-${day}`)
  expect(days.sort()).toEqual(kept)
})
