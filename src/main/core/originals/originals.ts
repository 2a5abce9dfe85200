import { resolve } from 'node:path'
import { z } from 'zod'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { answering } from '../import/answering.ts'
import { expectReadable } from '../import/scan.ts'
import type { JobRunner } from '../jobs/runner.ts'
import { logFailure, type Log } from '../log/log.ts'
import { findOriginal } from '../media/serve.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { findMoved } from './find-moved.ts'
import type { Original } from './operations.ts'

/** Options of a job that looks for moved originals; with `dryRun` it changes no place. */
export const findMovedJobSchema = z.object({ folder: z.string().min(1), dryRun: z.boolean(), author: z.string() })
export type FindMovedJob = z.infer<typeof findMovedJobSchema>

/** The originals of an open catalogue: which of them are missing, and where moved ones lie. */
export interface Originals {
  /** Looks for every original in the background and marks those that are missing. Errors are logged. */
  takeUp(): void
  /** The same for an object that is shown. */
  look(objectId: number): void
  /** Starts the job that looks for moved originals below a folder. @throws AppError `import.folder…` where it cannot be read */
  startFindMoved(folder: string, dryRun: boolean): Promise<number>
  /** Runs the jobs of the kind `findMoved`; their result holds `files`, `missing`, `found` and `actionId`. */
  readonly runner: JobRunner
  close(): Promise<void>
}

/** Originals of one page. */
const pageSize = 500

/** Files looked for side by side; a share that does not answer must not hold every thread of the file system. */
const sideBySide = 2

export function createOriginals(parts: {
  catalogue: Catalogue
  publish: (event: CoreEvent) => void
  log: Log
  author: () => string
  /** Tells what undo would do now. */
  tellUndo: () => Promise<void>
  startJob: (job: FindMovedJob) => Promise<number>
}): Originals {
  const { catalogue, publish, log, author, tellUndo, startJob } = parts
  const closing = new AbortController()
  const running = new Set<Promise<void>>()

  /** Looks for all originals, or those of an object, and stores what has changed. */
  async function check(objectId: number | null, signal: AbortSignal): Promise<void> {
    for (let after = 0; ;) {
      if (signal.aborted) throw new Cancelled()
      const page = await catalogue.read('originals', { after, limit: pageSize, objectId })
      const changed = await changedMarks(page, signal)
      if (changed.length > 0) {
        await catalogue.write(
          'markOriginals',
          changed.map(({ imageId, missing }) => ({ imageId, missing: !missing }))
        )
        publish({ type: 'objects', ids: [...new Set(changed.map((original) => original.objectId))] })
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageSize) return
      after = last.imageId
    }
  }

  /** The originals whose mark is no longer right. */
  async function changedMarks(page: readonly Original[], signal: AbortSignal): Promise<Original[]> {
    const changed: Original[] = []
    for (let at = 0; at < page.length; at += sideBySide) {
      const some = page.slice(at, at + sideBySide)
      const files = await Promise.all(
        some.map((original) => answering(findOriginal(catalogue.folder, original), original.locations[0]?.root ?? catalogue.folder, signal))
      )
      changed.push(...some.filter(({ missing }, index) => missing !== (files[index] === null)))
    }
    return changed
  }

  function inBackground(objectId: number | null): void {
    const work = check(objectId, closing.signal).catch((error: unknown) => {
      if (error instanceof Cancelled) return
      // A share that does not answer, or a catalogue that was lost meanwhile: both are said elsewhere.
      if (error instanceof AppError) log.warn({ err: error }, 'originals not looked for')
      else logFailure(log, error, 'looking for originals')
    })
    running.add(work)
    void work.then(() => running.delete(work))
  }

  return {
    takeUp: () => inBackground(null),
    look: (objectId) => inBackground(objectId),
    async startFindMoved(folder, dryRun) {
      const path = resolve(folder)
      await expectReadable(path)
      return await startJob({ folder: path, dryRun, author: author() })
    },
    runner: {
      kind: 'findMoved',
      async run({ signal, setTotal, count }, options) {
        const { folder, dryRun, author: person } = findMovedJobSchema.parse(options)
        await check(null, signal)
        const missing = await catalogue.read('missingOriginals')
        setTotal(missing.length)
        const { files, found } = await findMoved(folder, missing, signal, (wasFound) => count(wasFound ? 'found' : 'notFound'))
        const result = { files, missing: missing.length, found: found.length }
        if (dryRun || found.length === 0) return { ...result, actionId: null }
        const actionId = await catalogue.write('beginRepoint', { folder, author: person, at: new Date().toISOString() })
        try {
          for (let rest = found; rest.length > 0;) {
            if (signal.aborted) throw new Cancelled()
            const { processed } = await catalogue.write('repointSlice', { actionId, found: rest })
            rest = rest.slice(processed)
          }
        } finally {
          // What was stored before a stop is an action of its own; a resumed job finds only the rest missing.
          await catalogue.write('finishAction', actionId)
          publish({ type: 'objects', ids: null })
          await tellUndo()
        }
        return { ...result, actionId }
      }
    },
    async close() {
      closing.abort()
      await Promise.all(running)
    }
  }
}
