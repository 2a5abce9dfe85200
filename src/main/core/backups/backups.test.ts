import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { CatalogueSummary } from '../../../shared/model/catalogue.ts'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { openFile } from '../catalogue/connection.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import type { Core } from '../core.ts'
import { testCore } from '../core.fixture.ts'
import { createLog } from '../log/log.ts'
import { openCatalogue } from '../operations/catalogue.ts'
import { createBackups } from './backups.ts'

vi.setConfig({ testTimeout: 60_000 })

/** A core with an open catalogue of one object on which a note was written. */
async function withNote(): Promise<{ core: Core; folder: string; catalogue: CatalogueSummary; objectId: number }> {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  const catalogue = await core.call.catalogue.create({ folder, name: 'C' })
  const filler = fill(catalogue.path)
  const { id: objectId } = filler.object('MUS 1')
  filler.close()
  await core.call.decisions.apply({ kind: 'note', objectId, note: 'first' })
  return { core, folder, catalogue, objectId }
}

it('makes a backup that holds what was stored, and restores it; the replaced database is kept and can be gone back to', async () => {
  const { core, catalogue, objectId } = await withNote()
  const made = await core.call.backups.make()
  expect(made).toMatchObject({ reason: 'manual', objects: 1, decisions: 1, events: 1, usable: true })
  await core.call.decisions.apply({ kind: 'note', objectId, note: 'second' })

  expect(await core.call.backups.restore({ file: made.file, path: catalogue.path })).toMatchObject({ path: catalogue.path, objects: 1 })
  expect((await core.call.objects.record({ objectId })).note).toBe('first')
  const { present, backups } = await core.call.backups.list({ path: null })
  expect(present).toEqual({ objects: 1, decisions: 1 })
  const replaced = backups.find(({ reason }) => reason === 'replaced')
  expect(replaced).toMatchObject({ decisions: 2, usable: true })

  await core.call.backups.restore({ file: replaced?.file ?? '', path: catalogue.path })
  expect((await core.call.objects.record({ objectId })).note).toBe('second')
})

it('copies while decisions are stored, and holds as many as were stored when it began', async () => {
  const { core, catalogue, objectId } = await withNote()
  const making = core.call.backups.make()
  for (let note = 0; note < 50; note++) await core.call.decisions.apply({ kind: 'note', objectId, note: String(note) })
  const made = await making
  const copy = openFile(made.file, { readonly: true })
  expect(copy.prepare('SELECT count(*) FROM event').pluck().get()).toBe(made.events)
  copy.close()
  expect((await core.call.catalogue.statistics()).decisions).toBe(51)
  expect(readdirSync(cataloguePaths(catalogue.path).backups)).toEqual([expect.stringMatching(/^[\dT.-]+-v\d+\.sqlite$/)])
})

it('opens the catalogue again as it was where a backup cannot be restored', async () => {
  const { core, folder, catalogue, objectId } = await withNote()
  const bad = join(folder, 'bad.sqlite')
  for (const [content, code] of [
    ['no database at all, and longer than the header of one would be. '.repeat(4), 'backup.damaged'],
    ['', 'backup.notABackup']
  ] as const) {
    writeFileSync(bad, content)
    await expect(core.call.backups.restore({ file: bad, path: catalogue.path })).rejects.toMatchObject({ data: { code } })
  }
  const missing = core.call.backups.restore({ file: join(folder, 'none'), path: catalogue.path })
  await expect(missing).rejects.toMatchObject({ data: { code: 'backup.notFound' } })
  expect((await core.call.objects.record({ objectId })).note).toBe('first')
  expect(existsSync(cataloguePaths(catalogue.path).restoring)).toBe(false)
})

it('recognises a damaged database, counts what a restored backup would lack, and restores it', async () => {
  const { core, catalogue, objectId } = await withNote()
  const { file } = await core.call.backups.make()
  await core.call.decisions.apply({ kind: 'note', objectId, note: 'second' })
  await core.call.catalogue.close()
  const { database } = cataloguePaths(catalogue.path)
  const connection = openFile(database, { readonly: true })
  const page = connection.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'annotation'`).pluck().get() as number
  const size = connection.pragma('page_size', { simple: true }) as number
  connection.close()
  const bytes = readFileSync(database)
  bytes.fill(0xff, (page - 1) * size, page * size)
  writeFileSync(database, bytes)
  const opening = core.call.catalogue.open({ path: catalogue.path })
  const data = { backup: file, decisions: 1, missing: 1 }
  await expect(opening).rejects.toMatchObject({ data: { code: 'catalogue.damagedCounted', data } })
  await core.call.backups.restore({ file, path: catalogue.path })
  expect((await core.call.objects.record({ objectId })).note).toBe('first')

  // A database that is cut off in its first page can be read in no part.
  await core.call.catalogue.close()
  truncateSync(database, 2000)
  await expect(core.call.catalogue.open({ path: catalogue.path })).rejects.toMatchObject({ data: { code: 'catalogue.damagedWithBackup' } })
  expect((await core.call.backups.list({ path: catalogue.path })).present).toBeNull()
  await core.call.backups.restore({ file, path: catalogue.path })
  expect((await core.call.objects.record({ objectId })).note).toBe('first')
})

it('makes a catalogue anew from a backup, and refuses a folder that holds something else', async () => {
  const { core, folder, objectId } = await withNote()
  const { file } = await core.call.backups.make()
  const anew = join(folder, 'elsewhere', 'New.fitxa')
  expect(await core.call.backups.restore({ file, path: anew })).toMatchObject({ path: anew, objects: 1 })
  expect((await core.call.objects.record({ objectId })).note).toBe('first')
  const theirs = join(folder, 'theirs')
  mkdirSync(theirs)
  writeFileSync(join(theirs, 'letter.txt'), '')
  await expect(core.call.backups.restore({ file, path: theirs })).rejects.toMatchObject({ data: { code: 'catalogue.notACatalogue' } })
  expect(readdirSync(theirs)).toEqual(['letter.txt'])
})

it('makes backups on another disk, and in the folder of the catalogue while that is not there', async () => {
  const { core, folder, catalogue } = await withNote()
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const chosen = (await core.call.backups.setFolder({ folder: disk })).folder ?? ''
  const made = await core.call.backups.make()
  expect(made.file.startsWith(join(disk, 'C '))).toBe(true)
  rmSync(disk, { recursive: true })
  expect((await core.call.backups.make()).file.startsWith(cataloguePaths(catalogue.path).backups)).toBe(true)
  expect(existsSync(chosen)).toBe(false)
  expect((await core.call.backups.setFolder({ folder: null })).folder).toBeNull()
  await expect(core.call.backups.setFolder({ folder: join(folder, 'none') })).rejects.toMatchObject({
    data: { code: 'backup.folderRefused' }
  })
})

it('makes a backup before an import, a rule and a file that is brought in where something changed since the newest, and none otherwise', async () => {
  const { core, folder, catalogue } = await withNote()
  const photographs = join(folder, 'photographs')
  mkdirSync(photographs)
  copyFileSync(join(import.meta.dirname, '../../../../tests/fixtures/parity/images/grey.jpg'), join(photographs, 'a.jpg'))
  const ended = (): Promise<void> =>
    vi.waitFor(async () => expect((await core.call.jobs.list()).every(({ state }) => state === 'done')).toBe(true), { timeout: 30_000 })
  await core.call.imports.start({ folder: photographs, predict: false })
  await ended()
  await core.call.decisions.acceptRule({ top: 1, minProbability: null, reason: 'r' })
  await ended()
  const inventory = join(folder, 'inventory.csv')
  writeFileSync(inventory, 'number;title\nMUS 1;Gerro\n')
  await core.call.inventory.link({ file: inventory, number: 'number' })
  await ended()
  const { backups } = await core.call.backups.list({ path: catalogue.path })
  expect(backups.map(({ reason, objects }) => [reason, objects])).toEqual([
    ['reimport', 2],
    ['rule', 2],
    ['import', 1]
  ])
})

it('makes a backup by itself on a day on which the catalogue was changed, and none on others', async () => {
  const { core, catalogue } = await withNote()
  await core.call.catalogue.close()
  const open = await openCatalogue(catalogue.path)
  const told: unknown[] = []
  const made = async (now: Date): Promise<number> => {
    const publish = (event: unknown): void => void told.push(event)
    await createBackups({ catalogue: open, publish, log: createLog({ folder: null }), now: () => now }).lookNow()
    return readdirSync(cataloguePaths(catalogue.path).backups).length
  }
  const today = new Date()
  expect(await made(today)).toBe(1)
  expect(told).toEqual([{ type: 'backup', problem: null }])
  const tomorrow = new Date(today.getTime() + 26 * 3_600_000)
  const before = new Date(today.getTime() - 60_000)
  // As if nothing had been written since that backup.
  for (const file of [cataloguePaths(catalogue.path).database, `${cataloguePaths(catalogue.path).database}-wal`])
    if (existsSync(file)) utimesSync(file, before, before)
  expect(await made(tomorrow)).toBe(1)
  await open.write('setProperty', { key: 'a', value: 'b' })
  expect(await made(tomorrow)).toBe(2)
  await open.close()
})
