import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { facets as facetNames, type Facet } from '../../../shared/model/facet.ts'
import { facetSchema } from '../../../shared/model/facet-schema.ts'
import { termKeySchema } from '../../../shared/model/term.ts'

/** The version of the manifest's form that this program reads. */
export const manifestVersion = 1

/** Bytes that the files of a bundle may have together: hashing more would take minutes. */
const largestBundle = 16e9

const fileName = z
  .string()
  .min(1)
  .refine((name) => !/[/\\\0]/.test(name) && name !== '.' && name !== '..', 'a plain file name')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const channels = z.tuple([z.number(), z.number(), z.number()])

/**
 * From a picture file to the input of a network: upright, in sRGB, transparency laid over `background`, the whole picture
 * resized to `width` x `height` pixels of 8 bits, then (value - mean) / std per channel, values on the scale 0..255.
 */
export const preprocessingSchema = z.object({
  width: z.number().int().min(16).max(2048),
  height: z.number().int().min(16).max(2048),
  fit: z.enum(['fill', 'contain']),
  kernel: z.enum(['linear', 'cubic', 'lanczos3']),
  background: channels,
  mean: channels,
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  layout: z.literal('NCHW'),
  colour: z.literal('srgb')
})
export type Preprocessing = z.infer<typeof preprocessingSchema>

const memberSchema = z.object({
  name: z.string().min(1),
  task: z.string().min(1),
  file: fileName,
  input: z.string().min(1),
  /** Output of the file that holds the member's values for a facet. */
  outputs: z.partialRecord(facetSchema, z.string().min(1)),
  activation: z.enum(['sigmoid', 'softmax']),
  /** Preprocessing of a member that differs from that of the bundle. */
  preprocessing: preprocessingSchema.optional()
})
export type Member = z.infer<typeof memberSchema>

const facetTableSchema = z.object({
  terms: z.array(termKeySchema).min(1),
  weights: z.record(z.string(), z.number().min(0)),
  calibration: z.object({ score: z.array(z.number()).min(1), probability: z.array(z.number().min(0).max(1)).min(1) })
})
export type FacetTable = z.infer<typeof facetTableSchema>

const metricsSchema = z.object({
  rPrecision: z.number(),
  accAt1: z.number(),
  accAt10: z.number(),
  images: z.number(),
  ece: z.number().nullable().default(null)
})

const fields = z.object({
  schemaVersion: z.literal(manifestVersion),
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i),
  version: z.string().min(1),
  created: z.string().min(1),
  title: z.object({ ca: z.string().min(1), en: z.string().min(1) }),
  licence: z.object({ name: z.string(), text: z.string() }),
  trainerVersion: z.string(),
  files: z.record(fileName, z.object({ sha256, bytes: z.number().int().min(0) })),
  preprocessing: preprocessingSchema,
  members: z.array(memberSchema).min(1),
  facets: z.partialRecord(facetSchema, facetTableSchema),
  selfTest: z.object({
    image: fileName,
    expected: z.record(z.string(), z.partialRecord(facetSchema, z.array(z.object({ term: termKeySchema, score: z.number() })).min(1))),
    tolerance: z.number().positive().max(1)
  }),
  metrics: z.object({ test: z.partialRecord(facetSchema, metricsSchema) })
})

/** Contents of a bundle's `model.json`. Every member has a value in the self-test, since a network that is not tested is not known to work. */
export const manifestSchema = fields.superRefine((manifest, context) => {
  const problem = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message })
  if (Object.keys(manifest.facets).length === 0) problem(['facets'], 'at least one facet')
  const names = manifest.members.map((member) => member.name)
  manifest.members.forEach((member, index) => {
    if (names.indexOf(member.name) !== index) problem(['members', index, 'name'], 'a name of its own')
    if (!(member.file in manifest.files)) problem(['members', index, 'file'], 'a file that "files" lists')
    const expected = manifest.selfTest.expected[member.name] ?? {}
    if (!facetNames.some((facet) => member.outputs[facet] !== undefined && expected[facet] !== undefined)) {
      problem(['selfTest', 'expected', member.name], 'a value of a facet of this member')
    }
    for (const facet of Object.keys(member.outputs)) {
      if (!(facet in manifest.facets)) problem(['members', index, 'outputs', facet], 'a facet that "facets" lists')
    }
  })
  for (const [facet, table] of facetTables(manifest)) {
    const predicting = manifest.members.filter((member) => member.outputs[facet] !== undefined)
    const weight = predicting.reduce((sum, member) => sum + (table.weights[member.name] ?? 0), 0)
    if (weight <= 0) problem(['facets', facet, 'weights'], 'a weight above zero for a member that has this facet')
    if (new Set(table.terms).size !== table.terms.length) problem(['facets', facet, 'terms'], 'each term once')
    if (table.terms.some((term) => !term.startsWith(`${facet}/`))) problem(['facets', facet, 'terms'], 'terms of this facet')
    const curve = table.calibration
    if (curve.score.length !== curve.probability.length || !rising(curve.score, true) || !rising(curve.probability, false)) {
      problem(['facets', facet, 'calibration'], 'two lists of one length, scores rising, probabilities not falling')
    }
  }
  if (Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0) > largestBundle) problem(['files'], 'fewer bytes')
  if (!(manifest.selfTest.image in manifest.files)) problem(['selfTest', 'image'], 'a file that "files" lists')
  for (const member of Object.keys(manifest.selfTest.expected)) {
    if (!names.includes(member)) problem(['selfTest', 'expected', member], 'the name of a member')
  }
})
export type Manifest = z.infer<typeof fields> & {
  /** The picture encoder has this output in place of terms (encoder.ts); a bundle never has. */
  readonly embedding?: { readonly output: string; readonly features: number }
}

/** The bundle's facets with their tables, in the order of every screen. */
export function facetTables(manifest: Pick<Manifest, 'facets'>): [Facet, FacetTable][] {
  return facetNames.flatMap((facet): [Facet, FacetTable][] => {
    const table = manifest.facets[facet]
    return table ? [[facet, table]] : []
  })
}

/** Parses the text of a `model.json`. AppError `bundle.notJson`, `bundle.newer` or `bundle.manifest`, naming the first bad field. */
export function parseManifest(text: string, file: string): Manifest {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw new AppError('bundle.notJson', { file }, cause)
  }
  const version = (content as { schemaVersion?: unknown } | null)?.schemaVersion
  if (typeof version === 'number' && version > manifestVersion) throw new AppError('bundle.newer', { file, version })
  const parsed = manifestSchema.safeParse(content)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AppError('bundle.manifest', { file, field: issue?.path.join('.') || '-', problem: issue?.message ?? '' })
}

function rising(values: readonly number[], strictly: boolean): boolean {
  return values.every((value, index) => {
    const before = values[index - 1]
    return before === undefined || (strictly ? value > before : value >= before)
  })
}
