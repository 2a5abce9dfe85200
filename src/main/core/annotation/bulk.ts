import { z } from 'zod'
import { Cancelled } from '../../../shared/errors.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import { throttled } from '../lib/throttle.ts'
import type { Catalogue } from '../operations/catalogue.ts'

/** Work on very many objects: a started action of a rule or of the removal of a run, or an action to undo or redo. */
export const bulkWorkSchema = z.object({
  what: z.enum(['accept', 'removeRun', 'undo', 'redo']),
  actionId: z.number().int(),
  author: z.string()
})
export type BulkWork = z.infer<typeof bulkWorkSchema>

/** The result of a bulk job; `kept` counts changes that were left alone because somebody has changed them since. */
export type BulkResult = {
  readonly actionId: number
  readonly changes: number
  readonly objects: number
  readonly kept: number
}

/** Minimum time between two events about the changes of a bulk job, in milliseconds. */
const eventInterval = 1000

export interface BulkParts {
  readonly catalogue: Catalogue
  /** Makes a backup before a rule changes anything. */
  readonly backUp: () => Promise<void>
  /** Called from time to time when objects have changed. */
  readonly changed: () => void
  /** Called when a job ends, however it ends. */
  readonly ended: () => Promise<void>
}

/**
 * Runs rules, and the undo and redo of large actions, as jobs in slices. Between two slices the writer answers other calls, so a
 * decision waits for one slice at most. All slices are one action, which one undo reverses. A stopped or interrupted job resumes
 * where it stopped: a half-done rule is undone as a whole, a half-done undo continues with the next undo.
 */
export function createBulkRunner({ catalogue, backUp, changed, ended }: BulkParts): JobRunner {
  return {
    kind: 'rule',
    async run(context, options): Promise<JobResult> {
      const work = bulkWorkSchema.parse(options)
      const { actionId } = work
      const changes = throttled(changed, eventInterval)
      const counting: JobContext = {
        ...context,
        count(...counted) {
          context.count(...counted)
          changes.call()
        }
      }
      try {
        const done = await doWork(work, counting)
        return { actionId, ...done } satisfies BulkResult
      } finally {
        changes.end()
        await ended()
      }
    }
  }

  function doWork({ what, ...work }: BulkWork, context: JobContext): Promise<Omit<BulkResult, 'actionId'>> {
    if (what === 'accept') return accept(work.actionId, context)
    if (what === 'removeRun') return removeRun(work.actionId, context)
    return reverse({ ...work, what }, context)
  }

  async function removeRun(actionId: number, context: JobContext): Promise<Omit<BulkResult, 'actionId'>> {
    context.setTotal(await catalogue.read('runObjects', actionId))
    await inSlices(context, () => catalogue.write('removeRunSlice', actionId))
    return await catalogue.write('finishAction', actionId)
  }

  async function accept(actionId: number, context: JobContext): Promise<Omit<BulkResult, 'actionId'>> {
    await backUp()
    context.setTotal(await catalogue.read('ruleObjects', actionId))
    await inSlices(context, () => catalogue.write('acceptSlice', actionId))
    return await catalogue.write('finishAction', actionId)
  }

  async function reverse(
    { what, actionId, author }: BulkWork & { what: 'undo' | 'redo' },
    context: JobContext
  ): Promise<Omit<BulkResult, 'actionId'>> {
    const reversing = await catalogue.write('beginReversal', { direction: what, actionId, author, at: new Date().toISOString() })
    if (reversing === null) return { changes: 0, objects: 0, kept: 0 }
    context.setTotal(await catalogue.read('reversalObjects', reversing))
    await inSlices(context, () => catalogue.write('reverseSlice', reversing))
    return await catalogue.write('finishReversal', reversing)
  }

  async function inSlices(context: JobContext, slice: () => Promise<{ processed: number; done: boolean }>): Promise<void> {
    for (let done = false; !done;) {
      if (context.signal.aborted) throw new Cancelled()
      const result = await slice()
      done = result.done
      context.count('done', result.processed)
    }
  }
}
