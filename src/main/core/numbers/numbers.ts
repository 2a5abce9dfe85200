import { z } from 'zod'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { doublesSchema, numberingSchema, type Doubles, type NumberScope, type NumberTrial } from '../../../shared/model/numbering.ts'
import type { JobRunner } from '../jobs/runner.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { planNumbers, trialOf } from './plan.ts'

/** Options of a job that numbers objects. */
export const renumberJobSchema = numberingSchema.extend({ doubles: doublesSchema, actionId: z.number().int(), author: z.string() })
export type RenumberJob = z.infer<typeof renumberJobSchema>

/** Numbers many objects at once, by a pattern of their file names. */
export interface Numbers {
  /** Shows what would change, without changing anything. */
  try(pattern: string, scope: NumberScope): Promise<NumberTrial>
  /**
   * Starts the job that numbers the objects of a scope, as one action.
   * @throws AppError `numbers.nothing`; `numbers.doubles` if there would be duplicates and `doubles` refuses them; or for an invalid pattern
   */
  start(pattern: string, scope: NumberScope, doubles: Doubles): Promise<number>
  /** Runs the jobs of the kind `renumber`. */
  readonly runner: JobRunner
}

export function createNumbers(parts: {
  catalogue: Catalogue
  publish: (event: CoreEvent) => void
  author: () => string
  /** Announces what undo would do now. */
  tellUndo: () => Promise<void>
  backUp: () => Promise<void>
  startJob: (job: RenumberJob) => Promise<number>
}): Numbers {
  const { catalogue, publish, author, tellUndo, backUp, startJob } = parts

  return {
    try: async (pattern, scope) => trialOf(await planNumbers(catalogue, pattern, scope)),
    async start(pattern, scope, doubles) {
      const plan = await planNumbers(catalogue, pattern, scope)
      if (plan.error !== null) throw AppError.told(plan.error)
      const [double] = plan.changes.filter((change) => change.double)
      if (double !== undefined && doubles === 'refuse')
        throw new AppError('numbers.doubles', { count: plan.doubles, number: double.after, file: double.file })
      const wanted = plan.changes.filter((change) => doubles === 'allow' || !change.double)
      if (wanted.length === 0) throw new AppError('numbers.nothing', { pattern })
      const person = author()
      const actionId = await catalogue.write('beginRenumber', { pattern, author: person, at: new Date().toISOString() })
      return await startJob({ pattern, scope, doubles, actionId, author: person })
    },
    runner: {
      kind: 'renumber',
      async run(context, options) {
        const { pattern, scope, doubles, actionId } = renumberJobSchema.parse(options)
        await backUp()
        try {
          const plan = await planNumbers(catalogue, pattern, scope)
          // Objects numbered before the job was interrupted no longer count as changes.
          let rest = plan.changes.flatMap(({ objectId, after, double }) =>
            doubles === 'allow' || !double ? [{ objectId, number: after }] : []
          )
          context.setTotal(rest.length)
          while (rest.length > 0) {
            if (context.signal.aborted) throw new Cancelled()
            const { processed } = await catalogue.write('numberSlice', { actionId, numbers: rest.slice(0, 1000) })
            rest = rest.slice(processed)
            context.count('done', processed)
          }
          const done = await catalogue.write('finishAction', actionId)
          return { actionId, changes: done.changes, objects: done.objects, leftOut: doubles === 'allow' ? 0 : plan.doubles }
        } finally {
          publish({ type: 'objects', ids: null })
          await tellUndo()
        }
      }
    }
  }
}
