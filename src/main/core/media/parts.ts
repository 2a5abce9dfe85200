import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cataloguePaths } from '../catalogue/folder.ts'

/**
 * A path for a file that is being written. All of them lie in one folder of the catalogue: what a killed program leaves there is
 * found at once, and the name of the file that it is to become may have any length.
 */
export function newPart(catalogueFolder: string): string {
  const { parts } = cataloguePaths(catalogueFolder)
  mkdirSync(parts, { recursive: true })
  return join(parts, randomUUID())
}

/** Removes what a killed program left unfinished; to be called while nothing is being written. */
export async function sweepParts(catalogueFolder: string): Promise<void> {
  await rm(cataloguePaths(catalogueFolder).parts, { recursive: true, force: true })
}
