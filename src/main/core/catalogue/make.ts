import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { explain } from './failure.ts'
import { cataloguePaths } from './folder.ts'
import { databaseKind } from './kind.ts'
import { takeLock } from './lock.ts'
import { openNewDatabase } from './writer.ts'

/** Suffix of the folder in which a catalogue is created before it is renamed. */
const makingEnding = '.making'

/** Files that an earlier version can leave in a folder if it is interrupted while creating a catalogue. */
const firstFiles = /^catalogue\.(lock|sqlite)(-journal|-wal|-shm)?$/

/**
 * Creates an empty catalogue in the folder `path` atomically: it is created next to it and then renamed.
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

/** Removes the remains of interrupted attempts to create this catalogue, except one in progress. */
function sweepUnfinished(path: string): void {
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`.${basename(path)}.`) || !name.endsWith(makingEnding)) continue
    if (isFree(join(folder, name))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Removes a folder that contains only a started catalogue; earlier versions created it in place. */
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
    // A file, an unreadable folder or a damaged database may be somebody's, and stays.
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
