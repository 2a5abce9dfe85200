import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { openFile } from '../catalogue/connection.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { testCore } from '../core.fixture.ts'

/** Overwrites every page of the table `object` with zeros, as a bad sector would: the database still opens. */
function damageObjects(folder: string): void {
  const { database } = cataloguePaths(folder)
  const connection = openFile(database, { readonly: true })
  const page = connection.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'object'`).pluck().get() as number
  const size = connection.pragma('page_size', { simple: true }) as number
  connection.close()
  const bytes = readFileSync(database)
  bytes.fill(0, (page - 1) * size, page * size)
  writeFileSync(database, bytes)
}

describe('opening a catalogue while another is open', () => {
  it('leaves the open one open if any step fails, and sends no event', async () => {
    const folder = temporaryFolder()
    const { core, events } = await testCore(folder)
    const bad = await core.call.catalogue.create({ folder, name: 'bad' })
    await core.call.catalogue.close()
    damageObjects(bad.path)
    const good = await core.call.catalogue.create({ folder, name: 'good' })
    const filler = fill(good.path)
    const { id: objectId } = filler.object('MUS 1')
    filler.close()
    events.length = 0
    await expect(core.call.catalogue.open({ path: bad.path })).rejects.toMatchObject({ data: { code: 'catalogue.damaged' } })
    await expect(core.call.catalogue.open({ path: join(folder, 'none') })).rejects.toMatchObject({ data: { code: 'catalogue.notFound' } })
    expect(events.filter(({ type }) => type === 'catalogue')).toEqual([])
    expect(await core.call.catalogue.current()).toMatchObject({ path: good.path })
    expect((await core.call.decisions.apply({ kind: 'note', objectId, note: 'still here' })).record.note).toBe('still here')
    // The damaged one was closed: nobody holds it.
    await expect(core.call.catalogue.open({ path: bad.path })).rejects.toMatchObject({ data: { code: 'catalogue.damaged' } })
  })

  it('closes one that was damaged while it was open, and opens the next', async () => {
    const folder = temporaryFolder()
    const { core } = await testCore(folder)
    const good = await core.call.catalogue.create({ folder, name: 'good' })
    const bad = await core.call.catalogue.create({ folder, name: 'bad' })
    // The list of recent catalogues can no longer count it.
    const connection = openFile(cataloguePaths(bad.path).database, { readonly: false })
    connection.exec('PRAGMA foreign_keys = OFF; DROP TABLE facet_state')
    connection.close()
    expect(await core.call.catalogue.open({ path: good.path })).toMatchObject({ path: good.path })
    expect(await core.call.catalogue.close()).toEqual({})
    expect(await core.call.catalogue.current()).toBeNull()
  })
})

it('creates a catalogue or opens the existing one', async () => {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  const made = await core.call.catalogue.openSample()
  await core.call.catalogue.close()
  expect(await core.call.catalogue.openSample()).toMatchObject({ path: made.path })
})

it('opens a copy with its pictures and jobs', async () => {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  mkdirSync(join(cataloguePaths(path).originals, 'a'), { recursive: true })
  writeFileSync(join(cataloguePaths(path).originals, 'a', 'one.jpg'), 'picture')
  const copy = await core.call.catalogue.saveElsewhere({ folder: join(folder, 'b') })
  expect(readFileSync(join(cataloguePaths(copy.path).originals, 'a', 'one.jpg'), 'utf8')).toBe('picture')
  expect(await core.call.catalogue.current()).toEqual(copy)
  await expect(core.call.catalogue.saveElsewhere({ folder: join(folder, 'b') })).rejects.toMatchObject({
    data: { code: 'catalogue.exists' }
  })
})
