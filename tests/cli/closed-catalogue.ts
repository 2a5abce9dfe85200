import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createCore } from '../../src/main/core/core.ts'

const root = join(import.meta.dirname, '..', '..')
const photographs = join(root, 'tests', 'fixtures', 'parity', 'images')
const pitxell = 'objectTypes/contenidor | atuell | pitxell'

/** Makes the catalogue `C` in `folder`, with ten pictures whose object types are closed; the settings lie in `folder/data`. Returns its path. */
export async function closedCatalogue(folder: string): Promise<string> {
  const photos = join(folder, 'photos')
  await mkdir(photos, { recursive: true })
  for (const name of (await readdir(photographs)).slice(0, 10)) await cp(join(photographs, name), join(photos, name))
  const core = await createCore({
    shell: 'cli',
    version: '0.0.0',
    resourcesFolder: join(root, 'resources'),
    dataFolder: join(folder, 'data')
  })
  const { path } = await core.call.catalogue.create({ folder, name: 'C' })
  const { jobId } = await core.call.imports.start({ folder: photos, predict: false })
  while ((await core.call.jobs.list()).some(({ id, state }) => id === jobId && state !== 'done')) await pause(20)
  for (const objectId of (await core.call.objects.ids({ filter: {} })).ids) {
    await core.call.decisions.apply({ kind: 'term', objectId, term: pitxell, state: 'accepted' })
    await core.call.decisions.apply({ kind: 'facet', objectId, facet: 'objectTypes', state: 'closed' })
  }
  await core.close()
  return path
}
