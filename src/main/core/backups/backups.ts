import { randomBytes } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Backup, BackupReason } from '../../../shared/model/backup.ts'
import { backupFiles, chosenFolder, sweepUnfinishedIn, timeOfBackup } from '../catalogue/backup-files.ts'
import { catalogueEnding, cataloguePaths } from '../catalogue/folder.ts'
import { writeJsonFile } from '../lib/json-file.ts'
import { logFailure, type Log } from '../log/log.ts'
import type { Catalogue } from '../operations/catalogue.ts'

/** Interval between checks whether a backup is due, milliseconds. */
const lookEvery = 15 * 60_000

/** While a catalogue is in use, a backup is due when the newest one is this old, in milliseconds, or from another day. */
const longestWithout = 4 * 3_600_000

/** The backups of an open catalogue. One is made at a time; decisions never wait for it. */
export interface Backups {
  /** Makes a backup now. @throws AppError `catalogue.backup`, `catalogue.diskFull`, … */
  make(reason: BackupReason): Promise<Backup>
  /** Makes a backup before something large or risky, unless the newest one is up to date or there is nothing to lose. */
  before(reason: BackupReason): Promise<void>
  /** Chooses a folder on another disk, in which a folder for this catalogue is made; null = its own. @throws AppError `backup.folderRefused` */
  setFolder(folder: string | null): Promise<void>
  /** Makes a backup if one is due: on every day on which the catalogue was changed. Failures are reported. */
  lookNow(): Promise<void>
  /** Starts automatic backups, on every day on which the catalogue is changed. */
  takeUp(): void
  close(): void
}

export function createBackups(parts: { catalogue: Catalogue; publish: (event: CoreEvent) => void; log: Log; now?: () => Date }): Backups {
  const { catalogue, publish, log, now = () => new Date() } = parts
  const paths = cataloguePaths(catalogue.folder)
  let timer: NodeJS.Timeout | null = null
  let closed = false
  let last: Promise<unknown> = Promise.resolve()

  async function makeNow(reason: BackupReason): Promise<Backup> {
    const chosen = chosenFolder(catalogue.folder)
    const isThere = chosen === null || (await isFolder(chosen))
    const folder = chosen !== null && isThere ? chosen : paths.backups
    // Leftovers of an ended program in the catalogue's own folder were removed when it was opened.
    if (folder === chosen) sweepUnfinishedIn(folder)
    const backup = await catalogue.backUp({ folder, reason })
    // A backup on the catalogue's own disk, with a warning, is better than none.
    publish({ type: 'backup', problem: isThere ? null : { code: 'backup.folderGone', data: { folder: chosen } } })
    return backup
  }

  /** One at a time: two would read the same pages twice. */
  function make(reason: BackupReason): Promise<Backup> {
    const made = last.then(() => makeNow(reason))
    last = made.catch(() => undefined)
    return made
  }

  /** When the newest backup was made; 0 if there is none. */
  function newestTime(): number {
    const newest = backupFiles(catalogue.folder)[0]
    return newest === undefined ? 0 : (timeOfBackup(newest) ?? 0)
  }

  /** Whether anything was written to the database after `time`. Copying the write-ahead log into the file later also counts. */
  async function changedSince(time: number): Promise<boolean> {
    const [file, log] = await Promise.all([paths.database, `${paths.database}-wal`].map((path) => stat(path).catch(() => null)))
    return (file?.mtimeMs ?? 0) >= time || (log !== null && log !== undefined && log.size > 0 && log.mtimeMs >= time)
  }

  async function holdsSomething(): Promise<boolean> {
    return (await catalogue.read('statistics')).objects > 0
  }

  async function isDue(): Promise<boolean> {
    const newest = newestTime()
    const time = now()
    const old = time.getTime() - newest >= longestWithout || new Date(newest).toDateString() !== time.toDateString()
    return old && (await changedSince(newest)) && (await holdsSomething())
  }

  async function look(): Promise<void> {
    try {
      if (await isDue()) await make('daily')
    } catch (error) {
      if (closed) return
      publish({ type: 'backup', problem: logFailure(log, error, 'daily backup') })
    }
  }

  return {
    make,
    async before(reason) {
      if ((await changedSince(newestTime())) && (await holdsSomething())) await make(reason)
    },
    async setFolder(folder) {
      if (folder === null) return await rm(paths.backupChoice, { force: true })
      const chosen = join(resolve(folder), `${basename(catalogue.folder, catalogueEnding)} ${randomBytes(4).toString('hex')}`)
      try {
        await mkdir(chosen)
      } catch (error) {
        throw new AppError('backup.folderRefused', { folder, reason: String((error as NodeJS.ErrnoException).code ?? '') }, error)
      }
      await writeJsonFile(paths.backupChoice, { folder: chosen })
    },
    lookNow: look,
    takeUp() {
      timer ??= setInterval(() => void look(), lookEvery).unref()
      void look()
    },
    close() {
      closed = true
      if (timer !== null) clearInterval(timer)
      timer = null
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true
}
