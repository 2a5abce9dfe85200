import type { Dirent } from 'node:fs'
import { mkdir, opendir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { FolderListing } from '../../../shared/model/catalogue.ts'
import { isFolder } from '../lib/exists.ts'
import { listPlaces } from './places.ts'

/** Names that an import would look at; counted by ending alone, so that a folder on a slow disk is listed at once. */
const imageEndings = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp', '.avif', '.gif', '.heic', '.heif'])

/** Most names that are read of one folder; beyond it the list is cut, for no person scrolls further. */
const mostNames = 20_000

/**
 * Lists a folder of this machine for the page's own folder dialog: folders and catalogues in it, how many images lie
 * right in it, and the places to start from. Hidden folders are left out.
 * @param path null = the home folder
 * @throws AppError `folders.notFound`, `folders.notFolder`, `folders.denied`, `folders.unreadable`
 */
export async function listFolder(path: string | null): Promise<FolderListing> {
  const folder = resolve(path ?? homedir())
  const entries: FolderListing['entries'] = []
  let images = 0
  for (const entry of await readNames(folder)) {
    if (entry.name.startsWith('.')) continue
    const full = join(folder, entry.name)
    if (await leadsToFolder(entry, full)) {
      entries.push({ name: entry.name, path: full, kind: entry.name.endsWith('.fitxa') ? 'catalogue' : 'folder' })
    } else if (imageEndings.has(extname(entry.name).toLowerCase())) images += 1
  }
  entries.sort((a, b) => a.name.localeCompare(b.name, 'ca', { numeric: true, sensitivity: 'base' }))
  const parent = dirname(folder)
  return { path: folder, parent: parent === folder ? null : parent, places: await listPlaces(), entries, images }
}

/**
 * Makes a folder in `parent` and lists it.
 * @throws AppError `folders.name`, `folders.exists`, `folders.notMade`
 */
export async function makeFolder(parent: string, name: string): Promise<FolderListing> {
  if (/[<>:"/\\|?*\p{Cc}]/u.test(name) || /^\.|[. ]$/.test(name)) throw new AppError('folders.name', { name })
  const path = join(resolve(parent), name)
  try {
    await mkdir(path)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw reason === 'EEXIST' ? new AppError('folders.exists', { path }, error) : new AppError('folders.notMade', { path, reason }, error)
  }
  return await listFolder(path)
}

async function readNames(folder: string): Promise<Dirent[]> {
  const names: Dirent[] = []
  try {
    for await (const entry of await opendir(folder)) {
      names.push(entry)
      if (names.length === mostNames) break
    }
  } catch (error) {
    throw explained(folder, error)
  }
  return names
}

async function leadsToFolder(entry: Dirent, path: string): Promise<boolean> {
  return entry.isSymbolicLink() ? await isFolder(path) : entry.isDirectory()
}

function explained(path: string, error: unknown): AppError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error)
  if (reason === 'ENOENT') return new AppError('folders.notFound', { path }, error)
  if (reason === 'ENOTDIR') return new AppError('folders.notFolder', { path }, error)
  if (reason === 'EACCES' || reason === 'EPERM') return new AppError('folders.denied', { path }, error)
  return new AppError('folders.unreadable', { path, reason }, error)
}
