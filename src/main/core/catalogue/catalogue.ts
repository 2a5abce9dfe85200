import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { AppError } from '../../../shared/errors.ts'
import type { Backup, BackupList, BackupReason } from '../../../shared/model/backup.ts'
import { endAll } from '../lib/end-all.ts'
import { startDatabaseThread, type DatabaseThread, type ThreadObserver } from './database-thread.ts'
import { catalogueEnding, cataloguePaths } from './folder.ts'
import { lostCodes } from './identity.ts'
import type { Caller, Operations } from './operation.ts'
import { backUpCall, copyCall, listBackupsCall, restoreCall } from './thread-protocol.ts'

/** Operations that take longer than this are logged, in milliseconds. */
const slowAfter = 40

/** Number of reader threads; with several, a long read does not delay the record on screen. */
const readerCount = 2

/**
 * An open catalogue with the operations of its threads (`core/operations` joins them). A read sees every write that was answered
 * before it.
 */
export interface CatalogueWith<Reads extends Operations, Writes extends Operations> {
  readonly folder: string
  readonly name: string
  readonly read: Caller<Reads>
  /** Rejects with `catalogue.gone` or `catalogue.replaced` once the open file is no longer at its path. */
  readonly write: Caller<Writes>
  /** Why nothing can be stored any more: the file was deleted, moved or replaced. Null while all is well. */
  lost(): AppError | null
  /** Called once when the file turns out to be lost. */
  onLost(listener: (error: AppError) => void): void
  /** Copies the whole database to a file and checks the copy; works for a lost catalogue too. */
  copyTo(file: string): Promise<void>
  /**
   * Makes a backup in `folder` while others read and write; the copy is checked before it gets its name.
   * @throws AppError `catalogue.backup`, `catalogue.diskFull`, `catalogue.readOnly`
   */
  backUp(wish: { folder: string; reason: BackupReason }): Promise<Backup>
  /** Waits for pending calls, then closes the file in any case. A second call does nothing. */
  close(): Promise<void>
}

export type CatalogueLog = Pick<Logger, 'warn'>

/**
 * Opens a catalogue's folder. Throws AppErrors: `catalogue.notFound`, `catalogue.notACatalogue`, `catalogue.emptied`,
 * `catalogue.inUse`, `catalogue.newer`, `catalogue.damaged`, `catalogue.readOnly`, `catalogue.diskFull`.
 */
export async function openCatalogueFolder<Reads extends Operations, Writes extends Operations>(
  folder: string,
  log?: CatalogueLog
): Promise<CatalogueWith<Reads, Writes>> {
  const path = resolve(folder)
  if ((await stat(path).catch(() => null))?.isDirectory() !== true) throw new AppError('catalogue.notFound', { folder: path })
  if ((await stat(cataloguePaths(path).database).catch(() => null))?.isFile() !== true)
    throw new AppError('catalogue.notACatalogue', { folder: path })
  return start(path, log, null)
}

/** Creates the folder `<folder>/<name>.fitxa` with an empty catalogue and opens it. Throws `catalogue.exists` if there is one. */
export async function createCatalogueFolder<Reads extends Operations, Writes extends Operations>(
  folder: string,
  name: string,
  log?: CatalogueLog
): Promise<CatalogueWith<Reads, Writes>> {
  return start(catalogueFolder(folder, name), log, name)
}

/**
 * The path of the folder of a catalogue called `name`: characters that any file system forbids are replaced, so that it can be
 * copied anywhere. Throws `catalogue.name`.
 */
export function catalogueFolder(folder: string, name: string): string {
  const safe = name
    .trim()
    .replace(/[<>:"/\\|?*\p{Cc}]/gu, '_')
    .replace(/^\.+|[. ]+$/g, '')
  if (safe === '') throw new AppError('catalogue.name', { name })
  return join(resolve(folder), safe.endsWith(catalogueEnding) ? safe : safe + catalogueEnding)
}

/** @param make - name of the catalogue to make in `folder` first; null opens the one that is there */
async function start<Reads extends Operations, Writes extends Operations>(
  folder: string,
  log: CatalogueLog | undefined,
  make: string | null
): Promise<CatalogueWith<Reads, Writes>> {
  const observer: ThreadObserver = {
    answered(operation, milliseconds) {
      if (milliseconds > slowAfter) log?.warn({ operation, milliseconds: Math.round(milliseconds) }, 'slow catalogue operation')
    },
    problem: (error) => log?.warn({ err: error }, 'upkeep of the catalogue failed')
  }
  // All threads load their code in parallel; the readers open the file after the writer has checked and migrated it.
  const writer = startDatabaseThread({ role: 'writer', folder, make }, observer)
  const readers = Array.from({ length: readerCount }, () => startDatabaseThread({ role: 'reader', folder, make: null }, observer))
  try {
    await writer.open()
    await Promise.all(readers.map((reader) => reader.open()))
    const loss = createLoss()
    const write = (operation: string, input?: unknown): Promise<unknown> => writer.call(operation, input).catch(loss.watch)
    const read = (operation: string, input?: unknown): Promise<unknown> =>
      readers.reduce((least, next) => (next.pending < least.pending ? next : least)).call(operation, input)
    const name = ((await read('property', 'name')) as string | null) ?? basename(folder, catalogueEnding)
    let closing: Promise<void> | null = null
    let closed = false
    const keepers = new Set<DatabaseThread>()
    const backUp = async (wish: { folder: string; reason: BackupReason }): Promise<Backup> => {
      const lost = loss.error()
      if (lost !== null) throw lost
      // A thread of its own, so that neither reads nor writes wait for it.
      const keeper = startDatabaseThread({ role: 'reader', folder, make: null }, observer)
      keepers.add(keeper)
      try {
        await keeper.open()
        return (await keeper.call(backUpCall, wish)) as Backup
      } finally {
        keepers.delete(keeper)
        if (!closed) await keeper.close()
      }
    }
    return {
      folder,
      name,
      // Messages between threads are untyped; `Caller` gives each name the types of its operation.
      read: read as Caller<Reads>,
      write: write as Caller<Writes>,
      lost: loss.error,
      onLost: loss.listen,
      copyTo: async (file) => void (await writer.call(copyCall, file)),
      backUp,
      close: () => {
        closed = true
        return (closing ??= closeAll(writer, readers, [...keepers]))
      }
    }
  } catch (error) {
    // Report why it does not open, not an error of closing it.
    await closeAll(writer, readers).catch((cause: unknown) => log?.warn({ err: cause }, 'catalogue not closed in order'))
    throw error
  }
}

/** Keeps the first error about a lost file, and reports it once. */
function createLoss(): { error(): AppError | null; listen(listener: (error: AppError) => void): void; watch(error: unknown): never } {
  const listeners: ((error: AppError) => void)[] = []
  let lost: AppError | null = null
  return {
    error: () => lost,
    listen: (listener) => void listeners.push(listener),
    watch(error) {
      if (lost === null && error instanceof AppError && lostCodes.includes(error.code)) {
        lost = error
        for (const listener of listeners) listener(error)
      }
      throw error
    }
  }
}

/** Readers first: SQLite removes its log when the last connection, the writer, closes. */
async function closeAll(
  writer: DatabaseThread,
  readers: readonly DatabaseThread[],
  keepers: readonly DatabaseThread[] = []
): Promise<void> {
  // A backup under way is given up: its unfinished copy goes at the next opening.
  await endAll([...keepers.map((keeper) => () => keeper.end()), ...[...readers, writer].map((thread) => () => thread.close())])
}

/** Lists the backups of a catalogue, open or not, the newest first. */
export function listBackups(folder: string): Promise<BackupList> {
  return inOwnThread(folder, (thread) => thread.call(listBackupsCall, null) as Promise<BackupList>)
}

/** Restores a backup to a catalogue's folder; see restore.ts for what it keeps and throws. */
export function restoreBackup(file: string, folder: string): Promise<string | null> {
  return inOwnThread(folder, (thread) => thread.call(restoreCall, file) as Promise<string | null>)
}

/** Does work on a catalogue's folder that may take seconds, without opening the catalogue. */
async function inOwnThread<Answer>(folder: string, work: (thread: DatabaseThread) => Promise<Answer>): Promise<Answer> {
  const thread = startDatabaseThread(
    { role: 'reader', folder: resolve(folder), make: null },
    { answered: () => undefined, problem: () => undefined }
  )
  try {
    return await work(thread)
  } finally {
    await thread.close()
  }
}
