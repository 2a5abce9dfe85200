import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from './catalogue.fixture.ts'
import { openFile } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import { takeLock } from './lock.ts'
import { makeCatalogue } from './make.ts'
import { openCatalogueWriter } from './writer.ts'

function nameOf(folder: string): unknown {
  const writer = openCatalogueWriter(folder)
  try {
    return writer.connection.prepare(`SELECT value FROM property WHERE key = 'name'`).pluck().get()
  } finally {
    writer.close()
  }
}

it('creates the whole folder in one step and leaves nothing else behind', () => {
  const folder = temporaryFolder()
  makeCatalogue(join(folder, 'deep', 'a.fitxa'), 'A')
  expect(readdirSync(join(folder, 'deep'))).toEqual(['a.fitxa'])
  expect(nameOf(join(folder, 'deep', 'a.fitxa'))).toBe('A')
})

it('never touches files of others', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.fitxa')
  writeFileSync(path, 'a file')
  expect(() => makeCatalogue(path, 'A')).toThrow('catalogue.exists')
  const other = join(folder, 'b.fitxa')
  mkdirSync(other)
  writeFileSync(join(other, 'notes.txt'), '')
  expect(() => makeCatalogue(other, 'B')).toThrow('catalogue.exists')
  const held = join(folder, 'c.fitxa')
  mkdirSync(held)
  const release = takeLock(cataloguePaths(held).lock, held)
  onTestFinished(release)
  expect(() => makeCatalogue(held, 'C')).toThrow('catalogue.exists')
  expect(readdirSync(folder).sort()).toEqual(['a.fitxa', 'b.fitxa', 'c.fitxa'])
})

it.each(['no file', 'an empty file', 'a database without tables'])('completes a folder in which an earlier version left %s', (left) => {
  const path = join(temporaryFolder(), 'a.fitxa')
  mkdirSync(path)
  takeLock(cataloguePaths(path).lock, path)()
  if (left === 'an empty file') writeFileSync(cataloguePaths(path).database, '')
  if (left === 'a database without tables') {
    const connection = openFile(cataloguePaths(path).database, { readonly: false })
    connection.pragma('journal_mode = WAL')
    connection.close()
  }
  makeCatalogue(path, 'A')
  expect(nameOf(path)).toBe('A')
})

it('removes the remains of a killed attempt, but not of one in progress', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.fitxa')
  const program = join(folder, 'make.mjs')
  // Killed at the last moment: the catalogue is complete but not renamed yet.
  writeFileSync(
    program,
    `import fs from 'node:fs'
     import { syncBuiltinESMExports } from 'node:module'
     fs.renameSync = () => { fs.writeSync(1, 'made'); for (;;); }
     syncBuiltinESMExports()
     const { makeCatalogue } = await import('${new URL('./make.ts', import.meta.url).href}')
     makeCatalogue(process.argv[2], 'killed')`
  )
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(existsSync(path)).toBe(false)
  const [left] = readdirSync(folder).filter((name) => name.endsWith('.making'))
  expect(left).toBeDefined()
  const working = join(folder, '.a.fitxa.12345678.making')
  mkdirSync(working)
  const release = takeLock(cataloguePaths(working).lock, working)
  onTestFinished(release)
  makeCatalogue(path, 'A')
  expect(nameOf(path)).toBe('A')
  expect(readdirSync(folder).filter((name) => name.endsWith('.making'))).toEqual(['.a.fitxa.12345678.making'])
})
