import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFolder, makeFolder } from './folders.ts'
import { listPlaces } from './places.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fitxa-folders-'))
  for (const name of ['sala 10', 'sala 2', 'Àlbum', '.hidden', 'museu.fitxa', 'locked']) await mkdir(join(root, name))
  for (const name of ['a.JPG', 'b.tiff', 'notes.txt', '.c.jpg']) await writeFile(join(root, name), '')
  await symlink(join(root, 'sala 2'), join(root, 'link'))
  await symlink(join(root, 'nowhere'), join(root, 'broken'))
})

afterAll(() => rm(root, { recursive: true }))

describe('listFolder', () => {
  it('lists folders and catalogues in the order people expect and counts images', async () => {
    const listing = await listFolder(root)
    expect(listing.entries.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'Àlbum folder',
      'link folder',
      'locked folder',
      'museu.fitxa catalogue',
      'sala 2 folder',
      'sala 10 folder'
    ])
    expect(listing.images).toBe(2)
    expect(listing.parent).toBe(join(root, '..'))
  })

  it('begins at the home folder and ends at the root', async () => {
    expect((await listFolder(null)).path).toBe(homedir())
    expect((await listFolder('/')).parent).toBeNull()
  })

  it('says what is wrong with a folder, and which', async () => {
    const path = join(root, 'none')
    await expect(listFolder(path)).rejects.toMatchObject({ code: 'folders.notFound', data: { path } })
    await expect(listFolder(join(root, 'a.JPG'))).rejects.toMatchObject({ code: 'folders.notFolder' })
  })

  it.skipIf(process.getuid?.() === 0)('says when it may not look', async () => {
    await chmod(join(root, 'locked'), 0)
    await expect(listFolder(join(root, 'locked'))).rejects.toMatchObject({ code: 'folders.denied' })
  })
})

describe('makeFolder', () => {
  it('makes a folder and shows it', async () => {
    expect(await makeFolder(root, 'Exportació 2026')).toMatchObject({ path: join(root, 'Exportació 2026'), entries: [], images: 0 })
    await rm(join(root, 'Exportació 2026'), { recursive: true })
  })

  it('says why it makes none, and touches nothing', async () => {
    const path = join(root, 'sala 2')
    await expect(makeFolder(root, 'sala 2')).rejects.toMatchObject({ code: 'folders.exists', data: { path } })
    await expect(makeFolder(join(root, 'none'), 'a')).rejects.toMatchObject({ code: 'folders.notMade', data: { reason: 'ENOENT' } })
    for (const name of ['../out', 'a/b', '.hidden', 'end.', 'a:b', '..'])
      await expect(makeFolder(root, name), name).rejects.toMatchObject({ code: 'folders.name' })
  })
})

describe('listPlaces', () => {
  it('takes the pictures folder from the desktop and leaves out what is not there', async () => {
    await mkdir(join(root, '.config'))
    await writeFile(join(root, '.config', 'user-dirs.dirs'), '# x\nXDG_PICTURES_DIR="$HOME/Àlbum"\n')
    const places = await listPlaces({ platform: 'linux', home: root, user: 'nobody-of-this-name' })
    expect(places.slice(0, 2).map(({ path }) => path)).toEqual([root, join(root, 'Àlbum')])
    expect(places.every(({ name }) => name !== '')).toBe(true)
  })
})
