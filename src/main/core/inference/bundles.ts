import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { BundleSummary, ModelCard } from '../../../shared/model/model.ts'
import { manifestFile, readBundle, verifyFiles, type Bundle } from './bundle.ts'
import { readCard } from './card.ts'
import { facetTables } from './manifest.ts'
import { readOrigin, type Origin } from './origin.ts'

/** A bundle's folder; `problem` says why it may not be used. */
interface Found {
  readonly folder: string
  readonly bundle: Bundle | null
  readonly problem: AppError | null
  readonly origin: Origin | null
}

/** The model bundles of this machine. */
export interface BundleStore {
  /** Every bundle, usable or not, in the order of the folders; `active` marks the one that `wanted` names. */
  list(wanted: string | null): Promise<BundleSummary[]>
  /** The model card with its pictures, in English if there is none in `language`. AppError `bundle.notFound` or `bundle.noCard`. */
  card(id: string, version: string, language: Language): Promise<ModelCard>
  /**
   * The bundle to use: the folder, `id@version` or `id` (its newest version) that `wanted` names, or without a wish the
   * first usable one; with `again` also one that did not pass its test before. AppError: `bundle.none`, `bundle.notFound`, or
   * what is wrong with it.
   */
  choose(wanted: string | null, again?: boolean): Promise<Bundle>
  /** Reads a bundle that lies in a folder, wherever that is, and compares its files with their hashes. AppError: what is wrong with it. */
  read(folder: string): Promise<Bundle>
  /** Remembers that a bundle failed its test on the CPU; null if it passed. */
  setTestResult(bundle: Bundle, problem: AppError | null): void
}

/**
 * Bundles are the sub-folders with a manifest of each of `folders`, the first of which came with the program; a bundle's files
 * are hashed again only after a change. `onBug` receives unexpected errors; the other bundles are still listed.
 */
export function createBundleStore(folders: readonly string[], onBug: (error: unknown, folder: string) => void): BundleStore {
  const checked = new Map<string, { readonly stamp: string; readonly found: Promise<Found> }>()
  const testProblems = new Map<string, AppError>()

  async function look(folder: string): Promise<Found> {
    const stamp = await stampOf(folder)
    const known = checked.get(folder)
    if (known?.stamp === stamp) return await known.found
    const found = check(folder, onBug)
    checked.set(folder, { stamp, found })
    return await found
  }

  async function all(again = false): Promise<Found[]> {
    const result: Found[] = []
    for (const folder of await bundleFolders(folders)) {
      const found = await look(folder)
      const same = result.find((other) => other.problem === null && isSame(other.bundle, found.bundle))
      const duplicate = same ? new AppError('bundle.duplicate', { bundle: basename(folder), folder: same.folder }) : null
      const tested = again ? null : (testProblems.get(found.bundle?.sha256 ?? '') ?? null)
      result.push({ ...found, problem: found.problem ?? duplicate ?? tested })
    }
    return result
  }

  async function find(wanted: string | null, again = false): Promise<Found> {
    const known = await all(again)
    if (wanted === null) {
      const first = known.find((candidate) => candidate.problem === null) ?? known[0]
      if (!first) throw new AppError('bundle.none', { folder: folders[0] ?? '' })
      return first
    }
    if (isAbsolute(wanted) || /[/\\]/.test(wanted)) return await look(resolve(wanted))
    const named = known.filter(({ bundle }) => bundle && (bundle.manifest.id === wanted || nameOf(bundle) === wanted))
    const newest = named.sort((a, b) => compareVersions(b.bundle, a.bundle))[0]
    if (!newest) throw new AppError('bundle.notFound', { bundle: wanted })
    return newest
  }

  return {
    async list(wanted) {
      const active = await find(wanted).catch(() => null)
      return (await all()).map((found) => ({
        ...summaryOf(found),
        active: found.folder === active?.folder && found.problem === null,
        source: dirname(found.folder) === folders[0] ? 'shipped' : 'trained'
      }))
    },
    async card(id, version, language) {
      const found = (await all()).find(({ bundle }) => bundle?.manifest.id === id && bundle.manifest.version === version)
      if (!found?.bundle) throw new AppError('bundle.notFound', { bundle: `${id}@${version}` })
      return await readCard(found.bundle, language)
    },
    async choose(wanted, again) {
      const { bundle, problem } = await find(wanted, again)
      if (problem || !bundle) throw problem ?? new AppError('bundle.notFound', { bundle: wanted ?? '' })
      return bundle
    },
    async read(folder) {
      const { bundle, problem } = await look(resolve(folder))
      if (problem || !bundle) throw problem ?? new AppError('bundle.notFound', { bundle: folder })
      return bundle
    },
    setTestResult(bundle, problem) {
      if (problem) testProblems.set(bundle.sha256, problem)
      else testProblems.delete(bundle.sha256)
    }
  }
}

async function check(folder: string, onBug: (error: unknown, folder: string) => void): Promise<Found> {
  let bundle: Bundle | null = null
  try {
    bundle = await readBundle(folder)
    await verifyFiles(bundle)
    return { folder, bundle, problem: null, origin: await readOrigin(folder) }
  } catch (error) {
    if (error instanceof AppError) return { folder, bundle, problem: error, origin: null }
    onBug(error, folder)
    return {
      folder,
      bundle,
      problem: new AppError('bundle.unreadable', { bundle: basename(folder), file: manifestFile }, error),
      origin: null
    }
  }
}

/** The folders that hold a manifest, or something in its place, or that cannot be looked into. */
async function bundleFolders(folders: readonly string[]): Promise<string[]> {
  const result: string[] = []
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    for (const name of names.sort()) {
      const there = await lstat(join(folder, name, manifestFile)).then(
        () => true,
        (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT'
      )
      if (there) result.push(join(folder, name))
    }
  }
  return result
}

/** Changes whenever a file of the folder or its permissions change, as far as size and times tell. */
async function stampOf(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const stats = await Promise.all(['.', ...names.sort()].map((name) => stat(join(folder, name)).catch(() => null)))
  return stats.map((found, index) => `${names[index - 1] ?? ''} ${found?.size} ${found?.mtimeMs} ${found?.ctimeMs}`).join('\n')
}

function nameOf(bundle: Bundle): string {
  return `${bundle.manifest.id}@${bundle.manifest.version}`
}

function isSame(a: Bundle | null, b: Bundle | null): boolean {
  return a !== null && b !== null && nameOf(a) === nameOf(b)
}

function compareVersions(a: Bundle | null, b: Bundle | null): number {
  return (a?.manifest.version ?? '').localeCompare(b?.manifest.version ?? '', 'en', { numeric: true })
}

function summaryOf({ folder, bundle, problem: error, origin }: Found): Omit<BundleSummary, 'active' | 'source'> {
  const name = basename(folder)
  const same = { path: folder, previous: false, problem: error?.code ?? null, ...(error ? { problemData: error.data } : {}) }
  if (!bundle) {
    const title = { ca: name, en: name }
    return { id: name, version: '', title, created: '', trained: null, terms: {}, metrics: {}, ...same }
  }
  const { id, version, title, created, metrics } = bundle.manifest
  const terms = Object.fromEntries(facetTables(bundle.manifest).map(([facet, table]) => [facet, table.terms.length]))
  const trained = origin && {
    catalogue: origin.catalogue,
    at: origin.at,
    pictures: origin.pictures,
    base: origin.base,
    target: origin.target
  }
  return { id, version, title, created, trained, terms, metrics: metrics.test, ...same }
}
