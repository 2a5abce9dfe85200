import { z } from 'zod'
import { errorDataSchema } from './error-data.ts'
import { facetSchema } from './facet-schema.ts'
import { bundleReferenceSchema, facetMetricsSchema } from './model.ts'
import { termSchema } from './term.ts'

/** Something a person can meet: its sentence is found by `code` in the error tables. */
const problemSchema = z.object({ code: z.string(), data: errorDataSchema })

/**
 * A machine that is reached by SSH: `host`, `user@host` or `ssh://user@host:port`, a name of the person's own ssh_config
 * included. SECURITY: never begins with a hyphen, so that no target can be read as an option of ssh.
 */
export const sshTargetSchema = z
  .string()
  .max(255)
  .regex(/^(?:ssh:\/\/)?(?:[\w.][\w.+-]*@)?(?:\w[\w.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i)

/**
 * Where a training computes. `python`: the Python to use on the other machine, null: the one found there. `folder`: the folder
 * there that Fitxa may use, `~/.fitxa` unless another is given.
 */
export const trainingHostSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('here') }),
  z.object({
    kind: z.literal('ssh'),
    target: sshTargetSchema,
    python: z.string().min(1).max(1000).nullable().default(null),
    folder: z.string().min(1).max(1000).optional()
  })
])
export type TrainingHostChoice = z.infer<typeof trainingHostSchema>

/** What is trained: `trunk` trained or left as it is (`auto`: by the size of the set). Null takes the trainer's own choice. */
export const trainingOptionsSchema = z.object({
  trunk: z.enum(['auto', 'frozen', 'trained']).default('auto'),
  epochs: z.number().int().min(1).max(1000).nullable().default(null)
})
export type TrainingOptions = z.infer<typeof trainingOptionsSchema>

/** A training to start. `base`: the bundle to start from, null: the active one. `title`: null: the catalogue's name. */
export const trainingRequestSchema = z.object({
  host: trainingHostSchema.default({ kind: 'here' }),
  base: bundleReferenceSchema.nullable().default(null),
  title: z.string().trim().min(1).max(120).nullable().default(null),
  options: trainingOptionsSchema.default({ trunk: 'auto', epochs: null }),
  /** Lets the last training resume where it stopped, if it was not done and was asked for in the same words. */
  goOn: z.boolean().default(false)
})
export type TrainingRequest = z.input<typeof trainingRequestSchema>

/**
 * A term of the training set: pictures of objects whose closed facet has it or a narrower one accepted, and how many more
 * are needed before it can be trained; 0: enough.
 */
export const trainingTermSchema = z.object({ term: termSchema, pictures: z.number().int(), lacking: z.number().int() })
export type TrainingTerm = z.infer<typeof trainingTermSchema>

/**
 * What training reads of a facet (docs/interface.md, "What training reads"): `closed` objects in which it is closed, `pictures` of these
 * that have a term; `minimum` pictures make a term trainable. `terms`: the most pictures first.
 */
export const trainingFacetSchema = z.object({
  facet: facetSchema,
  closed: z.number().int(),
  pictures: z.number().int(),
  minimum: z.number().int(),
  trainable: z.number().int(),
  terms: z.array(trainingTermSchema)
})
export type TrainingFacet = z.infer<typeof trainingFacetSchema>

/** The training set of the open catalogue; `problem` says why a training cannot start, null if it can. */
export const trainingSetSchema = z.object({
  objects: z.number().int(),
  pictures: z.number().int(),
  facets: z.array(trainingFacetSchema),
  problem: problemSchema.nullable()
})
export type TrainingSet = z.infer<typeof trainingSetSchema>

/** The Python with which this machine trains. `own`: made by Fitxa in its data folder; otherwise chosen by the person. */
export const trainingEnvironmentSchema = z.object({
  state: z.enum(['missing', 'settingUp', 'ready', 'broken']),
  own: z.boolean(),
  /** The Python program; null while there is none. */
  python: z.string().nullable(),
  versions: z.object({ python: z.string(), torch: z.string(), trainer: z.string() }).nullable(),
  /** `name` as the system calls it, such as "NVIDIA H100"; `memory` of the GPU in bytes. */
  device: z.object({ kind: z.enum(['cpu', 'cuda', 'mps']), name: z.string(), memory: z.number().nullable() }).nullable(),
  problem: problemSchema.nullable()
})
export type TrainingEnvironment = z.infer<typeof trainingEnvironmentSchema>

/** What a training does one after the other; elsewhere than here it also sends and fetches. */
export const trainingStages = [
  'environment',
  'data',
  'send',
  'read',
  'split',
  'prepare',
  'train',
  'measure',
  'export',
  'fetch',
  'check'
] as const
export const trainingStageSchema = z.enum(trainingStages)
export type TrainingStage = z.infer<typeof trainingStageSchema>

/** A point of the curves: mean loss of an epoch, and R-Precision per facet on the validation pictures. */
export const curvePointSchema = z.object({
  epoch: z.number().int(),
  loss: z.number(),
  validation: z.partialRecord(facetSchema, z.number())
})
export type CurvePoint = z.infer<typeof curvePointSchema>

/** A warning of the trainer: its code, and its own English sentence where Fitxa has none for the code. */
export const trainingWarningSchema = z.object({ code: z.string(), data: errorDataSchema, message: z.string() })
export type TrainingWarning = z.infer<typeof trainingWarningSchema>

/**
 * How far a training is; read it any time, also after its end. `done` of `total` are of the stage, `secondsLeft` too except
 * while it trains, where it is the time to the last epoch. No time is promised before it is measured.
 */
export const trainingStateSchema = z.object({
  jobId: z.number().int(),
  host: trainingHostSchema,
  /** False while the connection to another machine is down; the training there continues. */
  connected: z.boolean(),
  base: bundleReferenceSchema.nullable(),
  stage: trainingStageSchema.nullable(),
  done: z.number().int().nullable(),
  total: z.number().int().nullable(),
  epoch: z.number().int().nullable(),
  epochs: z.number().int().nullable(),
  imagesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  curve: z.array(curvePointSchema),
  warnings: z.array(trainingWarningSchema),
  /** Last lines of what the trainer wrote beside its messages, for a technician. */
  log: z.array(z.string()),
  /** The log as a file, null before there is one. */
  logFile: z.string().nullable(),
  /** The new bundle, once it has passed its check and is installed. */
  bundle: bundleReferenceSchema.nullable()
})
export type TrainingState = z.infer<typeof trainingStateSchema>

/** A check of another machine before anything is sent. `problem` if it failed or warns (which stops nothing); `value`: what was found (a version, a name, free bytes). */
export const remoteCheckSchema = z.object({
  name: z.enum(['connection', 'python', 'torch', 'gpu', 'disk']),
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  value: z.string().nullable(),
  problem: problemSchema.nullable()
})
export type RemoteCheck = z.infer<typeof remoteCheckSchema>

/** How a term fares in two bundles; `value` is the average precision over the held-out pictures. */
export const termComparisonSchema = z.object({
  term: termSchema,
  pictures: z.number().int(),
  value: z.number(),
  otherValue: z.number(),
  verdict: z.enum(['better', 'worse', 'equal'])
})
export type TermComparison = z.infer<typeof termComparisonSchema>

/**
 * The figures of a bundle beside those of another: of the active one where that was measured on the same pictures, else of
 * the one that the training went out from. `samePictures` is false if each was measured on its own pictures, and only a rough comparison is possible.
 */
export const comparisonSchema = z.object({
  bundle: bundleReferenceSchema,
  other: bundleReferenceSchema.nullable(),
  samePictures: z.boolean(),
  /** Whether `other` is the active bundle. */
  otherActive: z.boolean(),
  facets: z.array(z.object({ facet: facetSchema, bundle: facetMetricsSchema.nullable(), other: facetMetricsSchema.nullable() })),
  counts: z.object({ better: z.number().int(), worse: z.number().int(), equal: z.number().int() }),
  /** The greatest differences first; empty if terms were not compared. */
  terms: z.array(termComparisonSchema)
})
export type Comparison = z.infer<typeof comparisonSchema>
