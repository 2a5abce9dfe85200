import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { explain } from './failure.ts'
import { cataloguePaths } from './folder.ts'
import { databaseKind } from './kind.ts'
import { takeLock } from './lock.ts'
import { openNewDatabase } from './writer.ts'

/** Ending of the folder in which a catalogue is made before it gets its name. */
const makingEnding = '.making'

/** Files that a folder may hold in which an earlier version was interrupted while it made a catalogue. */
const firstFiles = /^catalogue\.(lock|sqlite)(-journal|-wal|-shm)?$/

/**
 * Makes an empty catalogue in the folder `path`, whole or not at all: it is made beside its place and then renamed into it.
 * @throws AppError `catalogue.exists`, `catalogue.notMade`, `catalogue.readOnly`, `catalogue.diskFull`
 */
export function makeCatalogue(path: string, name: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    sweepUnfinished(path)
    removeHalfMade(path)
    if (existsSync(path)) throw new AppError('catalogue.exists', { folder: path })
    const making = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}${makingEnding}`)
    mkdirSync(making)
    try {
      fill(making, name)
      renameSync(making, path)
    } catch (error) {
      rmSync(making, { recursive: true, force: true })
      throw error
    }
  } catch (error) {
    throw explainMaking(error, path)
  }
}

function fill(folder: string, name: string): void {
  const writer = openNewDatabase(folder)
  try {
    writer.connection.prepare(`INSERT INTO property (key, value) VALUES ('name', ?)`).run(name)
  } finally {
    writer.close()
  }
}

/** Removes what the end of the program left of earlier attempts at the same catalogue, unless somebody is at one now. */
function sweepUnfinished(path: string): void {
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`.${basename(path)}.`) || !name.endsWith(makingEnding)) continue
    if (isFree(join(folder, name))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Removes a folder that holds nothing but the beginning of a catalogue: earlier versions made it in its place. */
function removeHalfMade(path: string): void {
  if (isHalfMade(path) && isFree(path)) rmSync(path, { recursive: true })
}

function isHalfMade(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    if (!readdirSync(path).every((name) => firstFiles.test(name))) return false
    const { database } = cataloguePaths(path)
    return !existsSync(database) || databaseKind(database) === 'empty'
  } catch {
    // A file, a folder that cannot be read or a damaged database is somebody's, and stays.
    return false
  }
}

function isFree(folder: string): boolean {
  try {
    takeLock(cataloguePaths(folder).lock, folder)()
    return true
  } catch {
    return false
  }
}

function explainMaking(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (['ENOTEMPTY', 'EEXIST'].includes(code) && existsSync(path)) return new AppError('catalogue.exists', { folder: path }, error)
  const explained = explain(error, path)
  if (explained instanceof AppError || code === '') return explained
  return new AppError('catalogue.notMade', { folder: path, reason: code }, error)
}
