import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { facetSchema } from '../../../shared/model/facet-schema.ts'
import { bundleReferenceSchema, facetMetricsSchema } from '../../../shared/model/model.ts'
import { termKeySchema } from '../../../shared/model/term.ts'
import type { Origin } from '../inference/origin.ts'
import type { TrainingPlan } from './plan.ts'

/** Name of the file in the run folder in which the trainer says what came out. */
const resultFile = 'result.json'

const metricsSchema = z.partialRecord(facetSchema, facetMetricsSchema.extend({ ece: z.number().nullable().default(null) }))

/**
 * What Fitxa reads of the result of `fine-tune`: figures of the new bundle and of its base, on the same held-out pictures; per term
 * the average precision in both, over the `pictures` that have it.
 */
const resultSchema = z.object({
  pictures: z.number().int(),
  metrics: metricsSchema,
  base: z.object({ metrics: metricsSchema }).nullable().default(null),
  terms: z.array(z.object({ term: termKeySchema, pictures: z.number().int(), value: z.number(), base: z.number() })).default([])
})

/** The origin of the new bundle, to be stored beside it. AppError `training.badResult` if the trainer's result cannot be parsed. */
export async function readResult(run: string, plan: TrainingPlan, catalogue: string): Promise<Origin> {
  const file = join(run, resultFile)
  try {
    const { pictures, metrics, base, terms } = resultSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    const reference = bundleReferenceSchema.parse(plan.base)
    return {
      catalogue,
      at: new Date().toISOString(),
      pictures,
      base: reference,
      target: plan.host.kind === 'ssh' ? plan.host.target : null,
      metrics,
      others: base === null ? [] : [{ bundle: reference, metrics: base.metrics }],
      terms
    }
  } catch (error) {
    throw new AppError('training.badResult', { file }, error)
  }
}
