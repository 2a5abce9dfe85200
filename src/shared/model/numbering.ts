import { z } from 'zod'
import { errorDataSchema } from './error-data.ts'

/** Which objects get numbers: the given ones, those of an import, or (both null) all. */
export const numberScopeSchema = z.object({
  objectIds: z.array(z.number().int()).max(20_000).nullable().default(null),
  importJob: z.number().int().nullable().default(null)
})
export type NumberScope = z.infer<typeof numberScopeSchema>

export const numberingSchema = z.object({ pattern: z.string(), scope: numberScopeSchema })

/** How to handle duplicate numbers: refuse the whole action, leave those objects out, or allow them. */
export const doublesSchema = z.enum(['refuse', 'leaveOut', 'allow'])
export type Doubles = z.infer<typeof doublesSchema>

/** An object whose number would change. `double`: another object has this number, or would get it. */
export const numberChangeSchema = z.object({
  objectId: z.number().int(),
  label: z.string(),
  file: z.string(),
  before: z.string().nullable(),
  after: z.string(),
  double: z.boolean()
})
export type NumberChange = z.infer<typeof numberChangeSchema>

/** What numbering by a pattern would change. `changes` are the first ones, duplicates before the others. */
export const numberTrialSchema = z.object({
  objects: z.number().int(),
  unmatched: z.number().int(),
  same: z.number().int(),
  changed: z.number().int(),
  doubles: z.number().int(),
  changes: z.array(numberChangeSchema),
  /** The first files, as examples from which a person can teach the pattern. */
  samples: z.array(z.object({ file: z.string(), number: z.string() })),
  error: z.object({ code: z.string(), data: errorDataSchema }).nullable()
})
export type NumberTrial = z.infer<typeof numberTrialSchema>
