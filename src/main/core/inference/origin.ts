import { join } from 'node:path'
import { z } from 'zod'
import { facetSchema } from '../../../shared/model/facet-schema.ts'
import { bundleReferenceSchema, facetMetricsSchema, trainedSchema } from '../../../shared/model/model.ts'
import { termKeySchema } from '../../../shared/model/term.ts'
import { readRegular } from '../lib/regular-file.ts'

/** Name of the file beside a bundle's manifest that says how it was trained with Fitxa. */
export const originFile = 'training.json'

/** Largest file of this kind that is read, in bytes. */
const largestOrigin = 16_000_000

const metrics = z.partialRecord(facetSchema, facetMetricsSchema)

/**
 * How a bundle was trained, and how it compares with others on the same held-out pictures. `terms`: average precision of a term
 * in the bundle and in `base`, over `pictures` that have it.
 */
export const originSchema = trainedSchema.extend({
  metrics,
  others: z.array(z.object({ bundle: bundleReferenceSchema, metrics })),
  terms: z.array(z.object({ term: termKeySchema, pictures: z.number().int(), value: z.number(), base: z.number() }))
})
export type Origin = z.infer<typeof originSchema>

/** The origin of the bundle in a folder; null for one that was not trained with Fitxa, or whose file cannot be understood. */
export async function readOrigin(folder: string): Promise<Origin | null> {
  try {
    return originSchema.parse(JSON.parse((await readRegular(join(folder, originFile), largestOrigin)).toString('utf8')))
  } catch {
    // It is informative only: a bundle works without it.
    return null
  }
}
