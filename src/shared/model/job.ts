import { z } from 'zod'

/** `environment`: sets the Python up with which this machine trains. `rule`: accepts suggestions in bulk, or undoes or redoes a large action. `link`: joins objects with the rows of an inventory. `renumber`: gives objects numbers by a pattern. `findMoved`: looks for moved originals. */
export const jobKindSchema = z.enum([
  'import',
  'predict',
  'export',
  'train',
  'environment',
  'rule',
  'bringIn',
  'learn',
  'link',
  'renumber',
  'findMoved'
])
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

/** Files of the folder that are imported, their names relative to it and with `/`; null = all of them. */
export const importFilesSchema = z
  .array(z.string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\0]+$/))
  .min(1)
  .max(20_000)
  .nullable()
  .default(null)

export const importOptionsSchema = z.object({
  folder: z.string().min(1),
  files: importFilesSchema,
  copy: z.boolean().default(false),
  /** Pattern of the inventory number, such as `{num}_{view}`; empty: no numbers are read from names. */
  pattern: z.string().default(''),
  /** Pictures of one number are views of one object also where they lie in different folders; otherwise only inside one folder. */
  acrossFolders: z.boolean().default(false),
  predict: z.boolean().default(true)
})
export type ImportOptions = z.input<typeof importOptionsSchema>

/**
 * Why a person should look at a group before it is imported: `taken` = its number belongs to an object from another folder,
 * `otherFolder` = another folder of this import gives the same number and gets it, `joins` = its pictures become further views of
 * an object of the catalogue, `acrossFolders` = its views come from several folders, `sameView` = two pictures have the same view,
 * `manyViews` = more views than an object usually has.
 */
export const groupDoubtSchema = z.enum(['taken', 'otherFolder', 'joins', 'acrossFolders', 'sameView', 'manyViews'])
export type GroupDoubt = z.infer<typeof groupDoubtSchema>

/** Pictures that would become views of one object. */
export const trialGroupSchema = z.object({
  number: z.string(),
  /** Below the imported folder; empty for that itself. */
  folder: z.string(),
  /** Without it the object is made without a number, because the number belongs to another one. */
  keepsNumber: z.boolean(),
  /** The first views, in the order of names. */
  views: z.array(z.object({ name: z.string(), view: z.string().nullable() })),
  viewCount: z.number().int(),
  doubts: z.array(groupDoubtSchema),
  /** The object of the catalogue that has this number. */
  object: z.object({ id: z.number().int(), sha256: z.string().nullable(), images: z.number().int() }).nullable()
})
export type TrialGroup = z.infer<typeof trialGroupSchema>

/** How a pattern reads a batch of file names before anything is imported. */
export const patternTrialSchema = z.object({
  files: z.number().int(),
  matched: z.number().int(),
  /** Objects that the pictures would belong to, those without a number included. */
  objects: z.number().int(),
  /** The first groups, those in doubt before the others. */
  groups: z.array(trialGroupSchema),
  groupCount: z.number().int(),
  doubtful: z.number().int(),
  unmatched: z.array(z.string()),
  /** How many of the unmatched would fit if `{num}` needed no digit. */
  lackDigit: z.number().int(),
  error: z.object({ code: z.string(), data: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable()
})
export type PatternTrial = z.infer<typeof patternTrialSchema>
