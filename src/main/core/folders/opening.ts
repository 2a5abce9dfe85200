import { stat } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Opening } from '../../../shared/model/catalogue.ts'
import { catalogueEnding } from '../catalogue/folder.ts'

interface Found {
  readonly path: string
  readonly kind: 'catalogue' | 'folder' | 'file'
}

/**
 * What is meant by files and folders that a person drops on the window or starts the program with: a catalogue to open, a folder to
 * import, or some files to import, named relative to the folder that holds all of them.
 * @throws AppError `folders.notFound`, `folders.denied`, `folders.several`
 */
export async function readOpening(paths: readonly string[]): Promise<Opening> {
  const found = await Promise.all(paths.map((path) => look(resolve(path))))
  const catalogue = found.find(({ kind }) => kind === 'catalogue')
  if (catalogue !== undefined) return { kind: 'catalogue', path: catalogue.path }
  const folders = found.filter(({ kind }) => kind === 'folder')
  const [folder] = folders
  if (folder === undefined) return filesIn(found)
  if (found.length > 1) throw new AppError('folders.several', { folder: dirname(folder.path) })
  return { kind: 'import', folder: folder.path, files: null }
}

function filesIn(files: readonly Found[]): Opening {
  const folder = files.map(({ path }) => dirname(path)).reduce(commonFolder)
  return { kind: 'import', folder, files: files.map(({ path }) => relative(folder, path).split(sep).join('/')) }
}

/** The deepest folder that holds both. */
function commonFolder(one: string, other: string): string {
  let folder = one
  while (relative(folder, other).startsWith('..')) folder = dirname(folder)
  return folder
}

async function look(path: string): Promise<Found> {
  try {
    const details = await stat(path)
    if (details.isDirectory()) return { path, kind: path.endsWith(catalogueEnding) ? 'catalogue' : 'folder' }
    // A file of a catalogue, such as its database, stands for the catalogue.
    const holder = dirname(path)
    if (basename(path) === 'catalogue.sqlite' && holder.endsWith(catalogueEnding)) return { path: holder, kind: 'catalogue' }
    return { path, kind: 'file' }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new AppError(code === 'EACCES' || code === 'EPERM' ? 'folders.denied' : 'folders.notFound', { path }, error)
  }
}
