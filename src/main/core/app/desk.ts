import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { RecentCatalogue } from '../../../shared/model/catalogue.ts'
import { restoreBackup } from '../catalogue/catalogue.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { logBug, logFailure } from '../log/log.ts'
import { isFolder } from '../lib/exists.ts'
import { createTurns } from '../lib/in-turn.ts'
import type { CoreContext } from './context.ts'
import { copyCatalogue } from './copy-catalogue.ts'
import { peekOverview } from './overview.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

/** Holds the open catalogue, if there is one. */
export interface Desk {
  current(): Workspace | null
  /** Recently opened catalogues; the open one with its current counts. */
  recent(): Promise<RecentCatalogue[]>
  /** The open catalogue. @throws AppError `catalogue.notOpen` */
  need(): Workspace
  /** Opens a catalogue and closes the previous one. If that fails, the previous one stays open. */
  open(path: string): Promise<Workspace>
  /** Creates `<folder>/<name>.fitxa` and opens it. */
  create(folder: string, name: string): Promise<Workspace>
  /** Opens the catalogue of this name in `folder`; creates it if there is none. */
  openOrCreate(folder: string, name: string): Promise<Workspace>
  /** Copies the open catalogue into `folder`, even if its file is lost, and opens the copy instead. */
  saveElsewhere(folder: string): Promise<Workspace>
  /**
   * Restores a backup to a catalogue's folder and opens it in the place of the open one. Where that fails, the catalogue that was
   * open is opened again. @throws AppError as restore.ts and `open` do
   */
  restore(file: string, path: string): Promise<Workspace>
  /**
   * Closes the open catalogue. Errors are logged; they do not affect stored data. @returns whether all its threads, and those of
   * catalogues opened before, have ended; false if a thread hangs in a system call
   */
  close(): Promise<boolean>
}

export function createDesk(context: CoreContext): Desk {
  const { log } = context
  let workspace: Workspace | null = null
  let allEnded = true
  const inTurn = createTurns()

  /**
   * The list of recent catalogues is a convenience: where a catalogue cannot be counted or the list not be written, work goes on.
   * `counted`: the counts last, because the catalogue closes now.
   */
  const remember = async ({ catalogue }: Workspace, counted: boolean): Promise<void> => {
    const { folder: path, name } = catalogue
    try {
      await context.recent.remember({ path, name, ...(await catalogue.read('overview')), counted })
    } catch (error) {
      log.warn({ err: error, path }, 'recent catalogues not saved')
    }
  }

  /** The window shows the device that suggests terms and its speed; both are determined in the background. */
  const tryDevices = (): void => {
    const { config, inference } = context
    if (config.shell === 'cli' || inference.device().state !== 'unknown') return
    inference.check().catch((error: unknown) => logBug(log, error, 'device check'))
  }

  /** Counts the catalogues that a crash left without their last counts. */
  const recount = async (): Promise<void> => {
    for (const path of context.recent.uncounted()) {
      if (path === workspace?.catalogue.folder || !(await isFolder(path))) continue
      const overview = await peekOverview(path)
      await context.recent.recount(path, overview === null ? { ...unknownCounts, counted: false } : { ...overview, counted: true })
    }
  }

  const putAway = async (): Promise<void> => {
    const old = workspace
    if (old === null) return
    workspace = null
    await remember(old, true)
    allEnded = (await old.close()) && allEnded
  }

  const publish = async (): Promise<void> => {
    context.events.publish({ type: 'catalogue', catalogue: (await workspace?.summary()) ?? null })
  }

  /** Replaces the previous catalogue by one just opened, after checking that it can be read. */
  const layOut = async (catalogue: Catalogue): Promise<Workspace> => {
    const next = createWorkspace(context, catalogue)
    try {
      await next.summary()
    } catch (error) {
      allEnded = (await next.close()) && allEnded
      throw error
    }
    await putAway()
    workspace = next
    catalogue.onLost(() => void publish().catch((error: unknown) => logFailure(log, error, 'lost catalogue')))
    await next.takeUp().catch((error: unknown) => logFailure(log, error, 'taking up jobs'))
    await remember(next, false)
    tryDevices()
    await publish()
    return next
  }

  const openNow = async (path: string): Promise<Workspace> => {
    if (workspace !== null && (await sameFolder(workspace.catalogue.folder, path))) return workspace
    return await layOut(await openCatalogue(path, log))
  }

  const createNow = async (folder: string, name: string): Promise<Workspace> => layOut(await createCatalogue(folder, name, log))

  const need = (): Workspace => {
    if (workspace === null) throw new AppError('catalogue.notOpen')
    return workspace
  }

  return {
    current: () => workspace,
    async recent() {
      await inTurn(recount).catch((error: unknown) => log.warn({ err: error }, 'recent catalogues not counted'))
      const list = await context.recent.list()
      if (workspace === null) return list
      const { catalogue } = workspace
      const overview = await catalogue.read('overview')
      return list.map((each) => (each.path === catalogue.folder ? { ...each, ...overview } : each))
    },
    need,
    open: (path) => inTurn(() => openNow(path)),
    create: (folder, name) => inTurn(() => createNow(folder, name)),
    openOrCreate: (folder, name) =>
      inTurn(async () => {
        try {
          return await createNow(folder, name)
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'catalogue.exists') throw error
          return await openNow(String(error.data['folder']))
        }
      }),
    saveElsewhere: (folder) =>
      inTurn(async () => {
        const path = await copyCatalogue(need().catalogue, folder)
        return await layOut(await openCatalogue(path, log))
      }),
    restore: (file, path) =>
      inTurn(async () => {
        const open = workspace?.catalogue.folder ?? null
        // The database can be exchanged while nobody has it open only; another catalogue stays open until the restored one is.
        if (open !== null && (await sameFolder(open, path))) await putAway()
        try {
          await restoreBackup(file, resolve(path))
          const restored = await openNow(path)
          // Windows that show the catalogue hold objects and steps of the database that was replaced.
          context.events.publish({ type: 'objects', ids: null })
          context.events.publish({ type: 'undo', undo: await restored.annotations.undoState() })
          return restored
        } catch (error) {
          if (open !== null && workspace === null) await openNow(open).catch((cause: unknown) => logFailure(log, cause, 'opening again'))
          throw error
        }
      }),
    close: () =>
      inTurn(async () => {
        if (workspace === null) return allEnded
        await putAway()
        await publish()
        return allEnded
      })
  }
}

const unknownCounts = { objects: null, closed: null, pictures: [] }

async function sameFolder(one: string, other: string): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(resolve(path)).catch(() => resolve(path))
  return (await real(one)) === (await real(other))
}
