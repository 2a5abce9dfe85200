import { join } from 'node:path'
import { z } from 'zod'
import { recentCatalogueSchema, type RecentCatalogue } from '../../../shared/model/catalogue.ts'
import type { Log } from '../log/log.ts'
import { isFolder } from '../lib/exists.ts'
import { readJsonFile, sweepUnfinished, writeJsonFile } from '../lib/json-file.ts'

const keptCatalogues = 20

const storedSchema = z.array(recentCatalogueSchema.omit({ found: true }))
type Stored = z.infer<typeof storedSchema>[number]

/** Catalogues opened before, the latest first. */
export interface RecentCatalogues {
  list(): Promise<RecentCatalogue[]>
  /** Puts a catalogue first, with its counts as they are now. */
  remember(catalogue: { path: string; name: string; objects: number; closed: number }): Promise<void>
  forget(path: string): Promise<void>
}

/** Loads the list kept in `folder`. */
export async function loadRecentCatalogues(folder: string, log?: Pick<Log, 'warn'>): Promise<RecentCatalogues> {
  const file = join(folder, 'recent.json')
  await sweepUnfinished(file)
  let catalogues = await readJsonFile<Stored[]>(file, storedSchema, [], log)
  let writing: Promise<void> = Promise.resolve()

  function change(make: (before: readonly Stored[]) => Stored[]): Promise<void> {
    const written = writing.then(async () => {
      const next = make(catalogues)
      await writeJsonFile(file, next)
      catalogues = next
    })
    writing = written.catch(() => undefined)
    return written
  }
  async function list(): Promise<RecentCatalogue[]> {
    return Promise.all(
      catalogues.map(async (catalogue) => {
        const found = await isFolder(catalogue.path)
        return { ...catalogue, found }
      })
    )
  }
  return {
    list,
    remember: (catalogue) =>
      change((before) => {
        const others = before.filter(({ path }) => path !== catalogue.path)
        return [{ ...catalogue, openedAt: new Date().toISOString() }, ...others].slice(0, keptCatalogues)
      }),
    forget: (path) => change((before) => before.filter((catalogue) => catalogue.path !== path))
  }
}
