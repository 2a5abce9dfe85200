import { z } from 'zod'

/** `environment`: sets the Python up with which this machine trains. */
export const jobKindSchema = z.enum(['import', 'predict', 'export', 'train', 'environment'])
export type JobKind = z.infer<typeof jobKindSchema>

/** `waiting` for its turn, `running`, `stopped` by a person, `interrupted` by a crash or the end of the app, `done`, `failed` as a whole. */
export const jobStateSchema = z.enum(['waiting', 'running', 'stopped', 'interrupted', 'done', 'failed'])

/** A job as every screen shows it. `counts` holds the number of items per item state; `total` is null until it is known. */
export const jobSchema = z.object({
  id: z.number().int(),
  kind: jobKindSchema,
  state: jobStateSchema,
  title: z.string(),
  total: z.number().int().nullable(),
  done: z.number().int(),
  counts: z.record(z.string(), z.number().int()),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  error: z.object({ code: z.string(), data: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  result: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).nullable()
})
export type Job = z.infer<typeof jobSchema>

/** Final states of a file in an import; `pending` until then. Their sum is the number of files. */
export const importItemStateSchema = z.enum(['pending', 'taken', 'already', 'refused'])
export type ImportItemState = z.infer<typeof importItemStateSchema>

/** A line of the import report. `reason` is a code of the error tables, with its data. */
export const importItemSchema = z.object({
  path: z.string(),
  state: importItemStateSchema,
  reason: z.string().nullable(),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
  inventoryNumber: z.string().nullable(),
  objectId: z.number().int().nullable()
})
export type ImportItem = z.infer<typeof importItemSchema>

export const importOptionsSchema = z.object({
  folder: z.string().min(1),
  copy: z.boolean().default(false),
  /** Pattern of the inventory number, such as `{num}_{view}`; empty: no numbers are read from names. */
  pattern: z.string().default(''),
  predict: z.boolean().default(true)
})
export type ImportOptions = z.input<typeof importOptionsSchema>

/** How a pattern reads a batch of file names before anything is imported. */
export const patternTrialSchema = z.object({
  files: z.number().int(),
  matched: z.number().int(),
  objects: z.number().int(),
  examples: z.array(z.object({ name: z.string(), inventoryNumber: z.string().nullable(), view: z.string().nullable() })),
  unmatched: z.array(z.string()),
  error: z.object({ code: z.string(), data: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable()
})
export type PatternTrial = z.infer<typeof patternTrialSchema>
