import type { BigIntStats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { explainFileError } from '../lib/atomic-file.ts'
import { exists, hasEntry, isFolder } from '../lib/exists.ts'
import { hashFile } from '../lib/hash-file.ts'
import type { Catalogue } from '../operations/catalogue.ts'

/** A permitted destination of an export. */
export interface Destination {
  /** The real path: symbolic links are followed. */
  readonly file: string
  /** The file that is there and may be replaced; null if there is none. */
  readonly replaces: BigIntStats | null
}

/**
 * Checks whether an export may write to `path`. Throws AppErrors: `export.intoCatalogue` for a place inside a catalogue
 * other than its folder `exports`, and for another name of its database; `export.isOriginal` for a picture that the
 * catalogue refers to; `export.notAFile` for a device or a link to nothing; `export.exists` for a file that is no
 * unchanged export of this catalogue, unless `overwrite` says to replace it; `export.notWritable` for a folder;
 * `export.noFolder` for a folder that does not exist, since a mistyped path would otherwise hide the export.
 * Files are compared by device and inode, so that links and other spellings of a name do not matter.
 */
export async function findDestination(catalogue: Catalogue, path: string, overwrite: boolean): Promise<Destination> {
  const file = await realFile(resolve(path))
  await refuseCatalogueFolders(catalogue, file)
  const found = await stat(file, { bigint: true }).catch(() => null)
  if (found === null) {
    await refuseMissingFolder(catalogue, dirname(file))
    return { file, replaces: null }
  }
  if (found.isDirectory()) throw new AppError('export.notWritable', { file, reason: 'EISDIR' })
  if (!found.isFile()) throw new AppError('export.notAFile', { file })
  await refuseCatalogueFiles(catalogue, file, found)
  await refuseOriginals(catalogue, file, found)
  if (!overwrite && !(await isOwnExport(catalogue, file, found))) throw new AppError('export.exists', { file })
  return { file, replaces: found }
}

/** Throws `export.exists` if the file at a destination is no longer the one that was found there. */
export async function expectUnchanged({ file, replaces }: Destination): Promise<void> {
  if (replaces === null) return
  const now = await stat(file, { bigint: true }).catch(() => null)
  if (now !== null && !(isSame(now, replaces) && now.size === replaces.size && now.mtimeNs === replaces.mtimeNs))
    throw new AppError('export.exists', { file })
}

/** Only the catalogue's own folder of exports is made if it does not exist. */
async function refuseMissingFolder(catalogue: Catalogue, folder: string): Promise<void> {
  if (await isFolder(folder)) return
  if (folder !== (await realFile(cataloguePaths(catalogue.folder).exports))) throw new AppError('export.noFolder', { folder })
}

/** The path without symbolic links; what does not exist yet is added to the folder that does. */
async function realFile(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw explainFileError(error, path)
    if (await hasEntry(path)) throw new AppError('export.notAFile', { file: path }, error)
    const folder = dirname(path)
    return folder === path ? path : join(await realFile(folder), basename(path))
  }
}

/** Refuses places inside this catalogue or any other, except below its folder `exports`. */
async function refuseCatalogueFolders(catalogue: Catalogue, file: string): Promise<void> {
  const own = await stat(catalogue.folder, { bigint: true }).catch(() => null)
  const above = foldersAbove(file)
  for (const [index, folder] of above.entries()) {
    const here = await stat(folder, { bigint: true }).catch(() => null)
    if (here === null) continue
    const isOwn = own !== null && isSame(here, own)
    if (!isOwn && !(await exists(cataloguePaths(folder).database))) continue
    const below = index === 0 ? null : (above[index - 1] ?? null)
    if (below === null || !(await isSameFolder(below, cataloguePaths(folder).exports)))
      throw new AppError('export.intoCatalogue', { file, folder })
  }
}

/** The folders that hold a file, the nearest first. */
function foldersAbove(file: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(file); folders.at(-1) !== folder; folder = dirname(folder)) folders.push(folder)
  return folders
}

async function isSameFolder(one: string, other: string): Promise<boolean> {
  const stats = (path: string): Promise<BigIntStats | null> => stat(path, { bigint: true }).catch(() => null)
  const [a, b] = await Promise.all([stats(one), stats(other)])
  return a !== null && b !== null ? isSame(a, b) : one === other
}

/** Refuses hard links to the catalogue's own files. */
async function refuseCatalogueFiles({ folder }: Catalogue, file: string, found: BigIntStats): Promise<void> {
  const { database, lock } = cataloguePaths(folder)
  for (const own of [database, `${database}-wal`, `${database}-shm`, lock]) {
    const stats = await stat(own, { bigint: true }).catch(() => null)
    if (stats !== null && isSame(stats, found)) throw new AppError('export.intoCatalogue', { file, folder })
  }
}

async function refuseOriginals(catalogue: Catalogue, file: string, found: BigIntStats): Promise<void> {
  const candidates = await catalogue.read('originalsLike', { bytes: Number(found.size), name: basename(file) })
  for (const { root, path } of candidates) {
    const original = join(isAbsolute(root) ? root : join(catalogue.folder, root), path)
    const stats = await stat(original, { bigint: true }).catch(() => null)
    if (stats !== null && isSame(stats, found)) throw new AppError('export.isOriginal', { file })
  }
}

/** Whether a file holds, byte for byte, what an export of this catalogue once wrote. */
async function isOwnExport(catalogue: Catalogue, file: string, { size }: BigIntStats): Promise<boolean> {
  const hashes = await catalogue.read('exportsOfSize', Number(size))
  if (hashes.length === 0) return false
  try {
    return hashes.includes(await hashFile(file))
  } catch (error) {
    throw explainFileError(error, file)
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino
}
