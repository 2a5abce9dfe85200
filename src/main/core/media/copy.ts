import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { newPart } from './parts.ts'
import { fileProblem, storeProblem } from './problem.ts'
import { hashFile } from './source.ts'

/**
 * Copies an original into the catalogue's folder and verifies the copy by its hash before it gets its name.
 *
 * @param path - absolute path of the original
 * @param file - the path as the person knows it, for sentences @param wish - path wanted inside the catalogue's folder, separated
 * by `/`
 * @param sha256 - hash of the original
 * @returns the path it got, parted by `/`: another one if a different picture has the wanted one
 */
export async function copyOriginal(path: string, file: string, catalogueFolder: string, wish: string, sha256: string): Promise<string> {
  const free = freePath(catalogueFolder, wish, sha256)
  if (free.taken) return free.path
  const target = join(catalogueFolder, free.path)
  let part: string | null = null
  try {
    part = newPart(catalogueFolder)
    await mkdir(dirname(target), { recursive: true })
    await copyFile(path, part)
    if (hashFile(part) !== sha256) throw new AppError('import.changing', { file })
    await flush(part)
    await rename(part, target)
  } catch (error) {
    if (part !== null) await rm(part, { force: true }).catch(() => undefined)
    if (error instanceof AppError) throw error
    const gone = !existsSync(path) || (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG'
    throw gone ? fileProblem(error, file) : storeProblem(error, catalogueFolder)
  }
  return free.path
}

/** Longest name that file systems take, in bytes. */
const longestName = 255

/** `name (2).jpg`, with as much of the name as there is room for. */
function numbered(name: string, ending: string, number: number): string {
  const suffix = ` (${number})${ending}`
  const room = longestName - Buffer.byteLength(suffix)
  let kept = name
  while (Buffer.byteLength(kept) > room) kept = [...kept].slice(0, -1).join('')
  return kept + suffix
}

/** The wished path, or the first of `name (2).jpg`, `name (3).jpg` … that is free or holds the very same picture. */
function freePath(catalogueFolder: string, wish: string, sha256: string): { path: string; taken: boolean } {
  const { dir, name, ext } = posix.parse(wish)
  for (let number = 1; ; number++) {
    const path = number === 1 ? wish : posix.join(dir, numbered(name, ext, number))
    const target = join(catalogueFolder, path)
    if (!existsSync(target)) return { path, taken: false }
    if (hashFile(target) === sha256) return { path, taken: true }
  }
}

/** Makes sure that the copy is on the disk before the original may be deleted; copies of read-only files become writable. */
async function flush(path: string): Promise<void> {
  await chmod(path, 0o644)
  const file = await open(path, 'r+')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}
