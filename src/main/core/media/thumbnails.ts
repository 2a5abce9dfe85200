import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { storeProblem } from './problem.ts'

/** Pictures that the catalogue keeps of an original: for grid and filmstrip, for the record view, and a stand-in at full size. */
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

/** Writes a kept picture under a passing name and then puts it in place, so that a half-written one is never seen. */
export async function writeKept(catalogueFolder: string, file: string, bytes: Uint8Array): Promise<void> {
  const passing = `${file}.${randomUUID()}.part`
  try {
    await writeFile(passing, bytes).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await mkdir(dirname(file), { recursive: true })
      await writeFile(passing, bytes)
    })
    await rename(passing, file)
  } catch (error) {
    await rm(passing, { force: true }).catch(() => undefined)
    throw storeProblem(error, catalogueFolder)
  }
}
