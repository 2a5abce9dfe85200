import { join } from 'node:path'
import { z } from 'zod'
import { catalogueViewSchema, recentCatalogueSchema, type CatalogueView, type RecentCatalogue } from '../../../shared/model/catalogue.ts'
import type { Log } from '../log/log.ts'
import { isFolder } from '../lib/exists.ts'
import { readJsonFile, sweepUnfinished, writeJsonFile } from '../lib/json-file.ts'

const keptCatalogues = 20

const entrySchema = recentCatalogueSchema.omit({ found: true }).extend({
  /** Whether the counts are those with which it was closed; not after a crash. */
  counted: z.boolean().default(false),
  view: catalogueViewSchema.nullable().default(null)
})
const storedSchema = z.array(entrySchema)
type Stored = z.infer<typeof entrySchema>

/** Counts of a catalogue, and the SHA-256 of its first images. */
export type Counts = Pick<Stored, 'objects' | 'closed' | 'pictures' | 'counted'>

/** Recently opened catalogues, latest first. */
export interface RecentCatalogues {
  list(): Promise<RecentCatalogue[]>
  /** Puts a catalogue first. */
  remember(catalogue: Counts & Pick<Stored, 'path' | 'name'>): Promise<void>
  /** Catalogues whose counts are not those with which they were closed. */
  uncounted(): string[]
  /** Renews the counts of a catalogue, which keeps its place in the list. */
  recount(path: string, counts: Counts): Promise<void>
  /** The SHA-256 of the first images of a catalogue of the list; none for any other folder. */
  picturesOf(path: string): readonly string[]
  /** Where a person left a catalogue of the list. */
  viewOf(path: string): CatalogueView | null
  keepView(path: string, view: CatalogueView): Promise<void>
  forget(path: string): Promise<void>
}

/** Loads the list kept in `folder`. */
export async function loadRecentCatalogues(folder: string, log?: Pick<Log, 'warn'>): Promise<RecentCatalogues> {
  const file = join(folder, 'recent.json')
  await sweepUnfinished(file)
  let catalogues = await readJsonFile<Stored[]>(file, storedSchema, [], log)
  let writing: Promise<void> = Promise.resolve()

  const entryOf = (path: string): Stored | undefined => catalogues.find((each) => each.path === path)
  const viewOf = (path: string): CatalogueView | null => entryOf(path)?.view ?? null

  function change(make: (before: readonly Stored[]) => Stored[]): Promise<void> {
    const written = writing.then(async () => {
      const next = make(catalogues)
      await writeJsonFile(file, next)
      catalogues = next
    })
    writing = written.catch(() => undefined)
    return written
  }
  const changeOne = (path: string, patch: Partial<Stored>): Promise<void> =>
    change((before) => before.map((each) => (each.path === path ? { ...each, ...patch } : each)))

  async function list(): Promise<RecentCatalogue[]> {
    return Promise.all(
      catalogues.map(async ({ path, name, objects, closed, pictures, openedAt }) => {
        const found = await isFolder(path)
        return { path, name, objects, closed, pictures, openedAt, found }
      })
    )
  }
  return {
    list,
    remember: (catalogue) =>
      change((before) => {
        const others = before.filter(({ path }) => path !== catalogue.path)
        const entry = { ...catalogue, view: viewOf(catalogue.path), openedAt: new Date().toISOString() }
        return [entry, ...others].slice(0, keptCatalogues)
      }),
    uncounted: () => catalogues.flatMap(({ path, counted }) => (counted ? [] : [path])),
    recount: changeOne,
    picturesOf: (path) => entryOf(path)?.pictures ?? [],
    viewOf,
    keepView: (path, view) => changeOne(path, { view }),
    forget: (path) => change((before) => before.filter((catalogue) => catalogue.path !== path))
  }
}
