import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { fill, temporaryFolder } from './catalogue.fixture.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { openFile, openWriter } from './connection.ts'
import { cataloguePaths, type CataloguePaths } from './folder.ts'

async function made(name = 'Ceràmica 2026'): Promise<Catalogue> {
  const catalogue = await createCatalogue(temporaryFolder(), name)
  onTestFinished(() => catalogue.close())
  return catalogue
}

/** A program file with access to this folder's modules, to be run in a process of its own. */
function program(folder: string, text: string): string {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, text.replaceAll('operations:', new URL('../operations/', import.meta.url).href))
  return file
}

/** Opens a catalogue that must fail to open, and returns the error. */
async function refusal(folder: string): Promise<unknown> {
  return openCatalogue(folder).then(
    async (catalogue) => {
      await catalogue.close()
      return 'opened'
    },
    (error: unknown) => error
  )
}

it('creates a catalogue, keeps what is written and reopens it by its name', async () => {
  const first = await made('Ceràmica: «2026»/a')
  expect(first.folder).toMatch(/Ceràmica_ «2026»_a\.fitxa$/)
  await first.write('setProperty', { key: 'museum', value: 'MUS' })
  await first.close()
  const second = await openCatalogue(first.folder)
  onTestFinished(() => second.close())
  expect(second.name).toBe('Ceràmica: «2026»/a')
  expect(await second.read('property', 'museum')).toBe('MUS')
  expect(await second.read('property', 'nothing')).toBeNull()
})

it('never touches a catalogue that is already there', async () => {
  const first = await made('one')
  await expect(createCatalogue(join(first.folder, '..'), 'one')).rejects.toMatchObject({ code: 'catalogue.exists' })
  expect(await first.read('property', 'name')).toBe('one')
})

it('writes durably: write-ahead log, full synchronisation, foreign keys', async () => {
  const { folder } = await made()
  const connection = openWriter(cataloguePaths(folder).database)
  expect(connection.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(connection.pragma('synchronous', { simple: true })).toBe(2)
  expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
  connection.close()
})

it('reads see every write that was answered', async () => {
  const catalogue = await made()
  for (let round = 0; round < 20; round++) {
    await catalogue.write('setProperty', { key: 'round', value: String(round) })
    const seen = await Promise.all([1, 2, 3].map(() => catalogue.read('property', 'round')))
    expect(seen).toEqual([String(round), String(round), String(round)])
  }
})

it('rolls back a failed write and continues', async () => {
  const catalogue = await made()
  const input = { decision: { kind: 'note' as const, objectId: 99, note: 'x' }, terms: [], author: 'MP', at: '' }
  const error = await catalogue.write('applyDecision', input).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'annotation.objectNotFound', data: { id: 99 } })
  expect(await catalogue.write('setProperty', { key: 'a', value: 'b' })).toBeUndefined()
})

it('answers a bug with an error, and an input that cannot be cloned with its own error', async () => {
  const catalogue = await made()
  await expect(catalogue.write('setProperty', { key: 'a', value: null as unknown as string })).rejects.toThrow(/NOT NULL/)
  await expect(catalogue.write('setProperty', { key: 'a', value: (() => 1) as unknown as string })).rejects.toThrow(/cloned/)
  await expect((catalogue.read as (name: string) => Promise<unknown>)('noSuchRead')).rejects.toThrow(/no such operation/)
  expect(await catalogue.read('property', 'a')).toBeNull()
})

it('rejects calls after closing, and may be closed twice', async () => {
  const catalogue = await made()
  const late = catalogue.read('property', 'name')
  await catalogue.close()
  expect(await late).toBe('Ceràmica 2026')
  await expect(catalogue.read('property', 'name')).rejects.toMatchObject({ code: 'catalogue.closed' })
  await catalogue.close()
})

it('leaves no log file behind when closed in order', async () => {
  const catalogue = await made()
  await catalogue.write('setProperty', { key: 'a', value: 'b' })
  expect(existsSync(`${cataloguePaths(catalogue.folder).database}-wal`)).toBe(true)
  await catalogue.close()
  expect(existsSync(`${cataloguePaths(catalogue.folder).database}-wal`)).toBe(false)
})

it('logs operations that are slow', async () => {
  const warn = vi.fn()
  const catalogue = await createCatalogue(temporaryFolder(), 'slow', { warn })
  onTestFinished(() => catalogue.close())
  const filler = fill(catalogue.folder)
  filler.connection.exec(`
    CREATE TRIGGER slow AFTER INSERT ON property BEGIN
      SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000) SELECT i FROM n);
    END`)
  filler.close()
  await catalogue.write('setProperty', { key: 'a', value: 'b' })
  expect(warn).toHaveBeenCalledWith(expect.objectContaining({ operation: 'setProperty' }), 'slow catalogue operation')
})

it('names who has the catalogue open, also in this process', async () => {
  const { folder } = await made()
  const error = await refusal(folder)
  expect(error).toMatchObject({ code: 'catalogue.inUse', data: { pid: process.pid } })
})

it('is free again as soon as the process that had it dies', async () => {
  const catalogue = await made()
  await catalogue.close()
  const file = program(
    temporaryFolder(),
    `import { openCatalogue } from 'operations:catalogue.ts'
     await openCatalogue(process.argv[2])
     console.log('open')`
  )
  const child = spawn(process.execPath, [file, catalogue.folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  expect(await refusal(catalogue.folder)).toMatchObject({ code: 'catalogue.inUse', data: { pid: child.pid } })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const again = await openCatalogue(catalogue.folder)
  expect(await again.read('property', 'name')).toBe('Ceràmica 2026')
  await again.close()
})

it('says what is wrong with a folder that is no catalogue', async () => {
  const folder = temporaryFolder()
  expect(await refusal(join(folder, 'nothing'))).toMatchObject({ code: 'catalogue.notFound' })
  expect(await refusal(folder)).toMatchObject({ code: 'catalogue.notACatalogue' })
  writeFileSync(cataloguePaths(folder).database, 'this is a text, not a database, and long enough to be read as a header of one')
  expect(await refusal(folder)).toMatchObject({ code: 'catalogue.damaged' })
  const other = join(folder, 'other.fitxa')
  mkdirSync(other)
  const foreign = openFile(cataloguePaths(other).database, { readonly: false })
  foreign.exec('CREATE TABLE theirs (x); PRAGMA user_version = 1')
  foreign.close()
  expect(await refusal(other)).toMatchObject({ code: 'catalogue.notACatalogue' })
})

it('refuses a catalogue of a newer Fitxa and leaves it as it is', async () => {
  const catalogue = await made()
  await catalogue.close()
  const file = cataloguePaths(catalogue.folder).database
  const connection = openFile(file, { readonly: false })
  connection.pragma('user_version = 900')
  connection.close()
  expect(await refusal(catalogue.folder)).toMatchObject({ code: 'catalogue.newer', data: { version: 900 } })
  const after = openFile(file, { readonly: true })
  expect(after.pragma('user_version', { simple: true })).toBe(900)
  after.close()
})

it('checks a file that was not closed cleanly, and reports damage', async () => {
  const catalogue = await made()
  const filler = fill(catalogue.folder)
  for (let i = 0; i < 500; i++) filler.object(`MUS ${i}`)
  filler.close()
  await catalogue.close()
  const { database } = cataloguePaths(catalogue.folder)
  const bytes = readFileSync(database)
  // Pages in the middle of the file are overwritten, as by a bad sector.
  bytes.fill(0xff, 4096 * 8, 4096 * 12)
  writeFileSync(database, bytes)
  writeFileSync(`${database}-wal`, '')
  expect(await refusal(catalogue.folder)).toMatchObject({ code: 'catalogue.damaged', data: { folder: catalogue.folder } })
  truncateSync(database, 5000)
  writeFileSync(`${database}-wal`, '')
  expect(await refusal(catalogue.folder)).toMatchObject({ code: 'catalogue.damaged' })
})

it('refuses an empty database, with the newest backup where there is one, and changes nothing', async () => {
  const catalogue = await made()
  await catalogue.close()
  const { database, backups } = cataloguePaths(catalogue.folder)
  const whole = join(temporaryFolder(), 'whole.sqlite')
  copyFileSync(database, whole)
  truncateSync(database, 0)
  expect(await refusal(catalogue.folder)).toMatchObject({ code: 'catalogue.emptied', data: { folder: catalogue.folder } })
  mkdirSync(backups)
  const good = join(backups, '2026-02-01T101112.131-v1.sqlite')
  copyFileSync(whole, good)
  // A newer one that is empty is none to offer, nor is anything else in the folder.
  for (const name of ['2026-03-01T101112.131-v1.sqlite', 'x.sqlite']) writeFileSync(join(backups, name), '')
  expect(await refusal(catalogue.folder)).toMatchObject({ code: 'catalogue.emptiedWithBackup', data: { backup: good } })
  expect(readFileSync(database)).toHaveLength(0)
})

it('leaves a database of another program as it is, byte for byte, whatever its schema version', async () => {
  const folder = temporaryFolder()
  const { database } = cataloguePaths(folder)
  const foreign = openFile(database, { readonly: false })
  foreign.exec('CREATE TABLE theirs (x)')
  foreign.close()
  const before = readFileSync(database)
  expect(await refusal(folder)).toMatchObject({ code: 'catalogue.notACatalogue' })
  expect(readFileSync(database).equals(before)).toBe(true)
  expect(readdirSync(folder)).toEqual(['catalogue.sqlite'])
})

it('names the newest backup of a damaged catalogue, and promises none where there is none', async () => {
  const catalogue = await made()
  await catalogue.close()
  const { folder } = catalogue
  const { database, backups } = cataloguePaths(folder)
  const whole = join(temporaryFolder(), 'whole.sqlite')
  copyFileSync(database, whole)
  writeFileSync(database, 'no database at all, and longer than the header of one would be. '.repeat(4))
  expect(await refusal(folder)).toMatchObject({ code: 'catalogue.damaged', data: { folder } })
  mkdirSync(backups)
  const backup = join(backups, '2026-02-01T101112.131-v1.sqlite')
  copyFileSync(whole, backup)
  expect(await refusal(folder)).toMatchObject({ code: 'catalogue.damagedWithBackup', data: { folder, backup } })
})

// Windows does not let an open database be deleted or moved.
describe.skipIf(process.platform === 'win32').each([
  ['deleted', 'catalogue.gone', ({ database }: CataloguePaths) => rmSync(database)],
  ['deleted with its folder', 'catalogue.gone', ({ database }: CataloguePaths) => rmSync(join(database, '..'), { recursive: true })],
  [
    'moved with its folder',
    'catalogue.gone',
    ({ database }: CataloguePaths) => renameSync(join(database, '..'), join(database, '..', '..', 'elsewhere'))
  ],
  [
    'replaced',
    'catalogue.replaced',
    ({ database }: CataloguePaths) => {
      copyFileSync(database, `${database}.new`)
      renameSync(`${database}.new`, database)
    }
  ]
] as const)('a database that is %s while it is open', (_, code, lose) => {
  it('acknowledges nothing more, reports it once, and can be saved elsewhere with all its data', async () => {
    const catalogue = await made()
    const told = vi.fn()
    catalogue.onLost(told)
    await catalogue.write('setProperty', { key: 'before', value: 'kept' })
    expect(catalogue.lost()).toBeNull()
    lose(cataloguePaths(catalogue.folder))
    for (const key of ['first', 'second'])
      await expect(catalogue.write('setProperty', { key, value: 'x' })).rejects.toMatchObject({ code, data: { folder: catalogue.folder } })
    expect(told).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }))
    expect(catalogue.lost()).toMatchObject({ code })
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await catalogue.copyTo(copy)
    const connection = openFile(copy, { readonly: true })
    onTestFinished(() => void connection.close())
    expect(connection.prepare(`SELECT value FROM property WHERE key = 'before'`).pluck().get()).toBe('kept')
    await catalogue.close()
  })
})

it.skipIf(process.platform === 'win32')('does not touch the log of a database that has replaced it', async () => {
  const catalogue = await made()
  await catalogue.write('setProperty', { key: 'only in the log', value: 'kept' })
  const { folder } = catalogue
  // A copy as it is after a crash, put in the place of the open catalogue.
  cpSync(folder, `${folder}.copy`, { recursive: true })
  rmSync(folder, { recursive: true })
  renameSync(`${folder}.copy`, folder)
  await expect(catalogue.write('setProperty', { key: 'a', value: 'b' })).rejects.toMatchObject({ code: 'catalogue.replaced' })
  await catalogue.close()
  const other = await openCatalogue(folder)
  onTestFinished(() => other.close())
  expect(await other.read('property', 'only in the log')).toBe('kept')
})

it.skipIf(process.platform === 'win32')(
  'keeps what it holds as a backup when its file was replaced, and lets no log go into the other file',
  async () => {
    const catalogue = await made()
    const { database, backups } = cataloguePaths(catalogue.folder)
    const before = readFileSync(database)
    const filler = fill(catalogue.folder)
    for (let number = 0; number < 50; number++) filler.object(`MUS ${number}`)
    filler.close()
    await catalogue.write('setProperty', { key: 'acknowledged', value: 'kept' })
    // An older state of the file is put back while it is open, as a synchronising program does.
    writeFileSync(`${database}.new`, before)
    renameSync(`${database}.new`, database)
    await expect(catalogue.write('setProperty', { key: 'a', value: 'b' })).rejects.toMatchObject({ code: 'catalogue.replaced' })
    await catalogue.close()
    expect(existsSync(`${database}-wal`)).toBe(false)
    expect(readFileSync(database).equals(before)).toBe(true)
    const [backup = ''] = readdirSync(backups)
    const connection = openFile(join(backups, backup), { readonly: true })
    onTestFinished(() => void connection.close())
    expect(connection.prepare(`SELECT value FROM property WHERE key = 'acknowledged'`).pluck().get()).toBe('kept')
    const other = await openCatalogue(catalogue.folder)
    onTestFinished(() => other.close())
    expect(await other.read('statistics')).toMatchObject({ objects: 0 })
  }
)

it('says that a folder cannot be written to', async () => {
  const catalogue = await made()
  await catalogue.close()
  for (const file of readdirSync(catalogue.folder)) chmodSync(join(catalogue.folder, file), 0o444)
  chmodSync(join(catalogue.folder, '..'), 0o755)
  chmodSync(catalogue.folder, 0o555)
  onTestFinished(() => chmodSync(catalogue.folder, 0o755))
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  const file = program(
    folder,
    `import { openCatalogue, createCatalogue } from 'operations:catalogue.ts'
     for (const attempt of [() => openCatalogue(process.argv[2]), () => createCatalogue(process.argv[2], 'inner')])
       await attempt().catch((error) => console.log(error.code))`
  )
  // Root may write anywhere, so another user must try.
  const somebody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const { stdout } = spawnSync(process.execPath, [file, catalogue.folder], { ...somebody, encoding: 'utf8' })
  expect(stdout.trim().split('\n')).toEqual(['catalogue.readOnly', 'catalogue.readOnly'])
})

it('says when a catalogue cannot be made where it is asked for', async () => {
  const file = join(temporaryFolder(), 'a file')
  writeFileSync(file, '')
  await expect(createCatalogue(file, 'inner')).rejects.toMatchObject({ code: 'catalogue.notMade' })
})

it('detects an old Node before it loads the native module', () => {
  const file = program(
    temporaryFolder(),
    `import { openFile } from 'operations:../catalogue/connection.ts'
     Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9' } })
     try { openFile(':memory:', { readonly: false }) } catch (error) { console.log(error.code) }`
  )
  const { stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  expect(stdout.trim()).toBe('catalogue.oldNode')
})

it('removes the folder again when a new catalogue cannot be opened', async () => {
  const folder = temporaryFolder()
  await expect(createCatalogue(folder, '...')).rejects.toMatchObject({ code: 'catalogue.name' })
  expect(readdirSync(folder)).toEqual([])
})
