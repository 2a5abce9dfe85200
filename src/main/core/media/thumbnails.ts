import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { newPart } from './parts.ts'
import { storeProblem } from './problem.ts'

/** Pictures that the catalogue keeps of an original: for grid and filmstrip, for the record view, and one at full size. */
export type KeptSize = 'thumb' | 'screen' | 'full'

/**
 * Where a kept picture lies: `thumbnails/<aa>/<sha256>-<size>.jpg`. Only a SHA-256 in hexadecimal makes a path, so that no
 * address from outside can point anywhere else.
 */
export function keptFile(catalogueFolder: string, sha256: string, size: KeptSize): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('media.notFound')
  return join(cataloguePaths(catalogueFolder).thumbnails, sha256.slice(0, 2), `${sha256}-${size}.jpg`)
}

/** Whether both pictures that an import makes are there. */
export function hasKept(catalogueFolder: string, sha256: string): boolean {
  return existsSync(keptFile(catalogueFolder, sha256, 'thumb')) && existsSync(keptFile(catalogueFolder, sha256, 'screen'))
}

/** Writes a stored picture under another name and renames it, so that a half-written one is never seen. */
export function writeKept(catalogueFolder: string, file: string, bytes: Uint8Array): void {
  let part: string | null = null
  try {
    part = newPart(catalogueFolder)
    writeFileSync(part, bytes)
    moveInFolder(part, file)
  } catch (error) {
    if (part !== null) tidyAway(part)
    throw storeProblem(error, catalogueFolder)
  }
}

function moveInFolder(part: string, file: string): void {
  try {
    renameSync(part, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(file), { recursive: true })
    renameSync(part, file)
  }
}

/** If it cannot be removed either, the failure to write is the one to report. */
function tidyAway(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    return
  }
}
