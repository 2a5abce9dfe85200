import { cp, mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { catalogueFolder } from '../catalogue/catalogue.ts'
import { explain } from '../catalogue/failure.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import type { Catalogue } from '../operations/catalogue.ts'

/**
 * Copies an open catalogue to `<folder>/<its name>.fitxa`: the content of its connection, even if the file itself is lost, and
 * whatever is left of its thumbnails, copied originals and trainings. The database comes last, so that an interrupted copy does not
 * count as a catalogue.
 *
 * @returns the path of the copy
 * @throws AppError `catalogue.exists`, `catalogue.notMade`, `catalogue.readOnly`, `catalogue.diskFull`
 */
export async function copyCatalogue(catalogue: Catalogue, folder: string): Promise<string> {
  const path = catalogueFolder(folder, catalogue.name)
  await makeFolder(path)
  try {
    const from = cataloguePaths(catalogue.folder)
    const to = cataloguePaths(path)
    for (const part of ['thumbnails', 'originals', 'training'] as const) await copyWhatIsThere(from[part], to[part])
    await catalogue.copyTo(to.database)
    return path
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw explain(error, path)
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await mkdir(path)
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code)
    if (code === 'EEXIST') throw new AppError('catalogue.exists', { folder: path }, error)
    const explained = explain(error, path)
    throw explained instanceof AppError ? explained : new AppError('catalogue.notMade', { folder: path, reason: code }, error)
  }
}

async function copyWhatIsThere(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, preserveTimestamps: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
