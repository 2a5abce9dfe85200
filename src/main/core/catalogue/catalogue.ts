import { access, mkdir, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { AppError } from '../../../shared/errors.ts'
import { startDatabaseThread, type DatabaseThread, type ThreadObserver } from './database-thread.ts'
import { explain } from './failure.ts'
import { catalogueEnding, cataloguePaths } from './folder.ts'
import type { Caller, Operations } from './operation.ts'

/** Operations that take longer than this are logged, milliseconds. */
const slowAfter = 40

/** How many threads answer reads, so that a long one does not hold up the record on screen. */
const readerCount = 2

/**
 * An open catalogue with the operations that its threads know (`core/operations` joins them). Reads see everything that was
 * written before they were asked for.
 */
export interface CatalogueWith<Reads extends Operations, Writes extends Operations> {
  readonly folder: string
  readonly name: string
  readonly read: Caller<Reads>
  readonly write: Caller<Writes>
  /** Waits for what was asked for, then closes the file. A second call does nothing. */
  close(): Promise<void>
}

export type CatalogueLog = Pick<Logger, 'warn'>

/**
 * Opens a catalogue's folder. Throws AppErrors: `catalogue.notFound`, `catalogue.notACatalogue`, `catalogue.inUse`,
 * `catalogue.newer`, `catalogue.damaged`, `catalogue.readOnly`, `catalogue.diskFull`.
 */
export async function openCatalogueFolder<Reads extends Operations, Writes extends Operations>(
  folder: string,
  log?: CatalogueLog
): Promise<CatalogueWith<Reads, Writes>> {
  const path = resolve(folder)
  if ((await stat(path).catch(() => null))?.isDirectory() !== true) throw new AppError('catalogue.notFound', { folder: path })
  if ((await stat(cataloguePaths(path).database).catch(() => null))?.isFile() !== true)
    throw new AppError('catalogue.notACatalogue', { folder: path })
  return start(path, log)
}

/** Makes the folder `<folder>/<name>.fitxa` with an empty catalogue and opens it. Throws `catalogue.exists` rather than touch one. */
export async function createCatalogueFolder<Reads extends Operations, Writes extends Operations>(
  folder: string,
  name: string,
  log?: CatalogueLog
): Promise<CatalogueWith<Reads, Writes>> {
  const path = join(resolve(folder), folderName(name))
  try {
    await mkdir(resolve(folder), { recursive: true })
    await mkdir(path)
  } catch (error) {
    const exists = await access(path).then(
      () => true,
      () => false
    )
    if (exists) throw new AppError('catalogue.exists', { folder: path })
    const explained = explain(error, path)
    throw explained instanceof AppError ? explained : new AppError('catalogue.notMade', { folder: path, reason: reasonOf(error) }, error)
  }
  try {
    const catalogue = await start<Reads, Writes>(path, log, name)
    return catalogue
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw error
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** The folder's name: characters that some file system forbids are replaced, so that a catalogue can be carried anywhere. */
function folderName(name: string): string {
  const safe = name
    .trim()
    .replace(/[<>:"/\\|?*\p{Cc}]/gu, '_')
    .replace(/^\.+|[. ]+$/g, '')
  if (safe === '') throw new AppError('catalogue.name', { name })
  return safe.endsWith(catalogueEnding) ? safe : safe + catalogueEnding
}

async function start<Reads extends Operations, Writes extends Operations>(
  folder: string,
  log?: CatalogueLog,
  newName?: string
): Promise<CatalogueWith<Reads, Writes>> {
  const observer: ThreadObserver = {
    answered(operation, milliseconds) {
      if (milliseconds > slowAfter) log?.warn({ operation, milliseconds: Math.round(milliseconds) }, 'slow catalogue operation')
    },
    problem: (error) => log?.warn({ err: error }, 'upkeep of the catalogue failed')
  }
  // All threads load their code side by side; the readers open the file after the writer has checked and migrated it.
  const writer = startDatabaseThread({ role: 'writer', folder }, observer)
  const readers = Array.from({ length: readerCount }, () => startDatabaseThread({ role: 'reader', folder }, observer))
  try {
    await writer.open()
    await Promise.all(readers.map((reader) => reader.open()))
    if (newName !== undefined) await writer.call('setProperty', { key: 'name', value: newName })
    const write = (operation: string, input?: unknown): Promise<unknown> => writer.call(operation, input)
    const read = (operation: string, input?: unknown): Promise<unknown> =>
      readers.reduce((least, next) => (next.pending < least.pending ? next : least)).call(operation, input)
    const name = ((await read('property', 'name')) as string | null) ?? basename(folder, catalogueEnding)
    let closing: Promise<void> | null = null
    return {
      folder,
      name,
      // The threads' messages carry no types; `Caller` gives each name the types of its operation.
      read: read as Caller<Reads>,
      write: write as Caller<Writes>,
      close: () => (closing ??= closeAll(writer, readers))
    }
  } catch (error) {
    await closeAll(writer, readers)
    throw error
  }
}

/** Readers first: SQLite tidies its log away when the last connection, the writer, closes. */
async function closeAll(writer: DatabaseThread, readers: readonly DatabaseThread[]): Promise<void> {
  await Promise.allSettled(readers.map((reader) => reader.close()))
  await writer.close()
}
