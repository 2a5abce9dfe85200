import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { testCore } from '../core.fixture.ts'
import { keptFile } from '../media/thumbnails.ts'

vi.setConfig({ testTimeout: 60_000 })

/** A catalogue with objects that were added after it was opened, and the program killed: the folders as they lie then. */
async function killed(objects: number): Promise<{ folder: string; path: string }> {
  const before = temporaryFolder()
  const { core } = await testCore(before)
  const { path } = await core.call.catalogue.create({ folder: before, name: 'C' })
  const filler = fill(path)
  for (let number = 1; number <= objects; number += 1) filler.object(`MUS ${number}`)
  const folder = temporaryFolder()
  // The log of the database still holds what was written.
  await cp(join(before, 'C.fitxa'), join(folder, 'C.fitxa'), { recursive: true })
  await cp(join(before, 'data'), join(folder, 'data'), { recursive: true })
  filler.close()
  const recent = join(folder, 'data', 'recent.json')
  await writeFile(recent, (await readFile(recent, 'utf8')).replaceAll(before, folder))
  return { folder, path: join(folder, 'C.fitxa') }
}

it('counts a catalogue that a crash left open from what it holds', async () => {
  const { folder, path } = await killed(5)
  const { core } = await testCore(folder)
  expect(await core.call.catalogue.recent()).toMatchObject([{ path, objects: 5, closed: 0, found: true }])
})

it('shows no counts where a catalogue cannot be read, rather than wrong ones', async () => {
  const { folder, path } = await killed(1)
  await writeFile(join(path, 'catalogue.sqlite'), 'no database')
  const { core } = await testCore(folder)
  expect(await core.call.catalogue.recent()).toMatchObject([{ path, objects: null, closed: null, found: true }])
})

it('gives the thumbnails of a recent catalogue that is not open, and of no other folder', async () => {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  const filler = fill(path)
  const { images } = filler.object('MUS 1')
  const sha256 = 'ab'.repeat(32)
  filler.connection.prepare('UPDATE image SET sha256 = ? WHERE id = ?').run(sha256, images[0])
  filler.close()
  const file = keptFile(path, sha256, 'thumb')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, 'jpeg')
  await core.call.catalogue.close()
  expect(await core.call.catalogue.recent()).toMatchObject([{ pictures: [sha256], objects: 1 }])
  expect(await core.call.catalogue.pictures({ path })).toEqual([`data:image/jpeg;base64,${Buffer.from('jpeg').toString('base64')}`])
  expect(await core.call.catalogue.pictures({ path: folder })).toEqual([])
})

it('remembers where each catalogue was left, through closing and opening', async () => {
  const folder = temporaryFolder()
  const { core } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  expect(await core.call.catalogue.view({ path })).toBeNull()
  const view = { objectId: 7, order: 'imported' as const, filter: { text: 'blau', status: [], flagged: null, suggested: null } }
  await core.call.catalogue.keepView({ path, view })
  await core.call.catalogue.close()
  await core.call.catalogue.open({ path })
  expect(await core.call.catalogue.view({ path })).toEqual(view)
  await core.call.catalogue.keepView({ path: join(folder, 'other'), view })
  expect(await core.call.catalogue.view({ path: join(folder, 'other') })).toBeNull()
})
