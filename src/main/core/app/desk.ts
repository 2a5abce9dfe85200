import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { RecentCatalogue } from '../../../shared/model/catalogue.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import type { CoreContext } from './context.ts'
import { createTurns } from '../lib/in-turn.ts'
import { logBug } from '../log/log.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

/** Holds the one catalogue that is open, or none. */
export interface Desk {
  current(): Workspace | null
  /** Catalogues opened before, the open one with its counts as they are now. */
  recent(): Promise<RecentCatalogue[]>
  /** The open catalogue. @throws AppError `catalogue.notOpen` */
  need(): Workspace
  /** Opens a catalogue in the place of the open one. Where that fails, the open one stays open. */
  open(path: string): Promise<Workspace>
  /** Makes `<folder>/<name>.fitxa` and opens it. */
  create(folder: string, name: string): Promise<Workspace>
  close(): Promise<void>
}

export function createDesk(context: CoreContext): Desk {
  let workspace: Workspace | null = null
  const inTurn = createTurns()

  const remember = async ({ catalogue, annotations }: Workspace): Promise<void> => {
    const { folder: path, name } = catalogue
    const { objects, status } = await annotations.statistics()
    // The list of recent catalogues is a convenience: where it cannot be written, the work itself goes on.
    await context.recent
      .remember({ path, name, objects, closed: status.closed })
      .catch((error: unknown) => context.log.warn({ err: error, path }, 'recent catalogues not saved'))
  }

  /** The window shows which device suggests terms and how fast: found out while the person looks at the sheet. */
  const tryDevices = (): void => {
    const { config, inference, log } = context
    if (config.shell === 'cli' || inference.device().state !== 'unknown') return
    inference.check().catch((error: unknown) => logBug(log, error, 'device check'))
  }

  const putAway = async (): Promise<void> => {
    const old = workspace
    if (old === null) return
    workspace = null
    await remember(old)
    await old.close()
  }

  const layOut = async (catalogue: Catalogue): Promise<Workspace> => {
    await putAway()
    try {
      workspace = await createWorkspace(context, catalogue)
    } catch (error) {
      await catalogue.close()
      throw error
    }
    await remember(workspace)
    tryDevices()
    context.events.publish({ type: 'catalogue', catalogue: await workspace.summary() })
    return workspace
  }

  return {
    current: () => workspace,
    async recent() {
      const list = await context.recent.list()
      if (workspace === null) return list
      const { catalogue, annotations } = workspace
      const { objects, status } = await annotations.statistics()
      return list.map((each) => (each.path === catalogue.folder ? { ...each, objects, closed: status.closed } : each))
    },
    need() {
      if (workspace === null) throw new AppError('catalogue.notOpen')
      return workspace
    },
    open: (path) =>
      inTurn(async () => {
        if (workspace !== null && (await sameFolder(workspace.catalogue.folder, path))) return workspace
        return await layOut(await openCatalogue(path, context.log))
      }),
    create: (folder, name) => inTurn(async () => layOut(await createCatalogue(folder, name, context.log))),
    close: () =>
      inTurn(async () => {
        if (workspace === null) return
        await putAway()
        context.events.publish({ type: 'catalogue', catalogue: null })
      })
  }
}

async function sameFolder(one: string, other: string): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(resolve(path)).catch(() => resolve(path))
  return (await real(one)) === (await real(other))
}
