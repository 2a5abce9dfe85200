import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { defaultSettings } from '../../../shared/model/settings.ts'
import { fill, temporaryFolder } from '../catalogue/catalogue.fixture.ts'
import { openFile } from '../catalogue/connection.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { createEventHub } from '../events.ts'
import { createLog } from '../log/log.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import type { CoreContext } from './context.ts'
import { createWorkspace } from './workspace.ts'

/** The services that a workspace without models and pictures needs. */
function context(folder: string): CoreContext {
  const settings = { get: () => defaultSettings, set: () => Promise.resolve(defaultSettings) }
  return {
    config: { shell: 'cli', version: '0.0.0', resourcesFolder: folder },
    dataFolder: folder,
    resources: { vocabulary: folder, models: folder, sample: folder, lidoSchema: folder },
    log: createLog({ folder: null }),
    events: createEventHub((error) => expect.unreachable(String(error))),
    settings,
    trainer: { source: folder },
    learning: null,
    modelsFolder: join(folder, 'models')
  } as unknown as CoreContext
}

async function made(): Promise<Catalogue> {
  const catalogue = await createCatalogue(temporaryFolder(), 'C')
  onTestFinished(() => catalogue.close())
  return catalogue
}

it('releases the catalogue even if its jobs cannot be stored', async () => {
  const catalogue = await made()
  const full = new AppError('catalogue.diskFull', { folder: catalogue.folder })
  const failing: Catalogue = { ...catalogue, write: () => Promise.reject(full) }
  const workspace = createWorkspace(context(temporaryFolder()), failing)
  expect(await workspace.close()).toBe(true)
  await (await openCatalogue(catalogue.folder)).close()
})

it('closes even if a thread of its catalogue is dead', async () => {
  const catalogue = await made()
  const workspace = createWorkspace(context(temporaryFolder()), catalogue)
  const dead = new AppError('catalogue.threadDied', { folder: catalogue.folder })
  const close = vi.fn(async () => {
    await catalogue.close()
    throw dead
  })
  const broken = createWorkspace(context(temporaryFolder()), { ...catalogue, read: () => Promise.reject(dead), close })
  await expect(broken.summary()).rejects.toBe(dead)
  expect(await broken.close()).toBe(true)
  expect(close).toHaveBeenCalledTimes(1)
  expect(await workspace.close()).toBe(true)
  await (await openCatalogue(catalogue.folder)).close()
})

it('removes runs without pictures when it resumes interrupted work', async () => {
  const catalogue = await made()
  const filler = fill(catalogue.folder)
  const { images } = filler.object('MUS 1')
  const empty = filler.run()
  const seen = filler.run()
  filler.predict(seen, images[0] ?? 0, [['materials/argila', 0.9]])
  filler.close()
  const workspace = createWorkspace(context(temporaryFolder()), catalogue)
  await workspace.takeUp()
  await workspace.close()
  const connection = openFile(cataloguePaths(catalogue.folder).database, { readonly: true })
  onTestFinished(() => void connection.close())
  expect(connection.prepare('SELECT id FROM run').pluck().all()).toEqual([seen])
  expect(empty).not.toBe(seen)
})
