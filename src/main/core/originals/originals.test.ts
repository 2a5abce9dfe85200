import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { Job } from '../../../shared/model/job.ts'
import { temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { testCore } from '../core.fixture.ts'
import type { Core } from '../core.ts'

vi.setConfig({ testTimeout: 60_000 })

const pictures = join(import.meta.dirname, '..', '..', '..', '..', 'tests', 'fixtures', 'parity', 'images')

const ended = (core: Core, jobId: number): Promise<Job> =>
  vi.waitFor(
    async () => {
      const job = (await core.call.jobs.list()).find(({ id }) => id === jobId)
      if (job === undefined || job.finishedAt === null) throw new Error('it is still running')
      return job
    },
    { timeout: 30_000 }
  )

/** A catalogue of two photographs in folders of their own, and how to look for them. */
async function withPhotographs() {
  const folder = temporaryFolder()
  const photographs = join(folder, 'photographs')
  mkdirSync(join(photographs, 'a'), { recursive: true })
  mkdirSync(join(photographs, 'b'))
  copyFileSync(join(pictures, 'grey.jpg'), join(photographs, 'a', 'MUS 1.jpg'))
  copyFileSync(join(pictures, 'getty-iptc-xmp.jpg'), join(photographs, 'b', 'MUS 2.jpg'))
  const { core } = await testCore(folder)
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  await ended(core, (await core.call.imports.start({ folder: photographs, pattern: '{num}', predict: false })).jobId)
  const { ids } = await core.call.objects.ids({ filter: {} })
  return {
    core,
    folder,
    path,
    photographs,
    ids,
    missing: async (missing: boolean) => (await core.call.objects.ids({ filter: { missing } })).ids,
    find: async (where: string, dryRun = false) =>
      (await ended(core, (await core.call.originals.findMoved({ folder: where, dryRun })).jobId)).result,
    place: async (objectId: number) => (await core.call.objects.record({ objectId })).images[0]
  }
}

it('notices a file that is gone when its object is shown, and that it is back', async () => {
  const { core, photographs, ids, missing } = await withPhotographs()
  const [first = 0, second = 0] = ids
  rmSync(join(photographs, 'a', 'MUS 1.jpg'))
  expect((await core.call.objects.record({ objectId: first })).images[0]?.found).toBe(false)
  await vi.waitFor(async () => expect(await missing(true)).toEqual([first]))
  expect(await missing(false)).toEqual([second])
  expect((await core.call.objects.cards({ ids })).map((card) => card.missing)).toEqual([true, false])
  expect(await core.call.catalogue.statistics()).toMatchObject({ missing: 1 })
  // A file of the same name and another size is not the original.
  writeFileSync(join(photographs, 'a', 'MUS 1.jpg'), 'something else')
  await core.call.objects.record({ objectId: first })
  copyFileSync(join(pictures, 'grey.jpg'), join(photographs, 'a', 'MUS 1.jpg'))
  await core.call.objects.record({ objectId: first })
  await vi.waitFor(async () => expect(await missing(true)).toEqual([]))
})

it('finds a folder that was moved as a whole, and takes it back after a restart', async () => {
  const { core, folder, path, photographs, ids, missing, find, place } = await withPhotographs()
  const [first = 0] = ids
  const moved = join(folder, 'archive', '2026')
  mkdirSync(join(folder, 'archive'))
  renameSync(photographs, moved)
  expect(await find(join(folder, 'archive'), true)).toEqual({ files: 2, missing: 2, found: 2, actionId: null })
  expect(await place(first), 'a dry run changes nothing').toMatchObject({ found: false })

  expect(await find(join(folder, 'archive'))).toMatchObject({ files: 2, missing: 2, found: 2 })
  expect(await place(first)).toMatchObject({ found: true, path: join(moved, 'a', 'MUS 1.jpg') })
  expect(await missing(true)).toEqual([])

  await core.call.catalogue.close()
  await core.call.catalogue.open({ path })
  const { undo } = await core.call.history.state()
  expect(undo).toMatchObject({ kind: 'repoint', objects: 2, changes: 2, state: join(folder, 'archive') })
  const { objects } = await core.call.history.details({ actionId: undo?.id ?? 0, after: 0, limit: 10 })
  expect(objects.find(({ objectId }) => objectId === first)?.changes[0]).toMatchObject({
    subject: 'place',
    before: join(photographs, 'a', 'MUS 1.jpg'),
    after: join(moved, 'a', 'MUS 1.jpg')
  })
  expect((await core.call.history.undo()).kept).toBe(0)
  expect(await place(first)).toMatchObject({ found: false, path: join(photographs, 'a', 'MUS 1.jpg') })
  expect(await missing(true)).toEqual(ids)
  await core.call.history.redo()
  expect(await missing(true)).toEqual([])
})

it('finds a renamed file by its checksum, and takes no other file of the same name and size', async () => {
  const { folder, photographs, ids, missing, find, place } = await withPhotographs()
  const [first = 0, second = 0] = ids
  const elsewhere = join(folder, 'elsewhere')
  mkdirSync(join(elsewhere, 'a'), { recursive: true })
  renameSync(join(photographs, 'a', 'MUS 1.jpg'), join(elsewhere, 'renamed.jpg'))
  const { bytes = 0 } = (await place(second)) ?? {}
  rmSync(join(photographs, 'b', 'MUS 2.jpg'))
  writeFileSync(join(elsewhere, 'a', 'MUS 2.jpg'), Buffer.alloc(bytes))
  expect(await find(elsewhere)).toMatchObject({ missing: 2, found: 1 })
  expect(await place(first)).toMatchObject({ found: true, path: join(elsewhere, 'renamed.jpg') })
  expect(await missing(true)).toEqual([second])
})

it('refuses a folder that is not there', async () => {
  const { core, folder } = await withPhotographs()
  await expect(core.call.originals.findMoved({ folder: join(folder, 'none') })).rejects.toMatchObject({
    data: { code: 'import.folderNotFound' }
  })
})
