import { z } from 'zod'
import { errorDataSchema } from './error-data.ts'
import { facetSchema, languageSchema } from './facet-schema.ts'

/** One execution provider as the start-up self-test found it; `reason` is an error code saying why it is off. */
export const providerReportSchema = z.object({
  provider: z.string(),
  state: z.enum(['inUse', 'available', 'off']),
  imagesPerSecond: z.number().nullable(),
  reason: z.string().nullable(),
  detail: z.string().nullable()
})
export type ProviderReport = z.infer<typeof providerReportSchema>

/** What the window says about the device: measured, not guessed. */
export const deviceReportSchema = z.object({
  state: z.enum(['unknown', 'checking', 'ready', 'failed']),
  device: z.string(),
  cores: z.number().int(),
  imagesPerSecond: z.number().nullable(),
  providers: z.array(providerReportSchema),
  checkedAt: z.string().nullable(),
  error: z.object({ code: z.string(), data: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable()
})
export type DeviceReport = z.infer<typeof deviceReportSchema>

/** A bundle by its name: id and version. */
export const bundleReferenceSchema = z.object({ id: z.string().min(1), version: z.string().min(1) })
export type BundleReference = z.infer<typeof bundleReferenceSchema>

/** What a bundle reaches in a facet on held-out pictures (docs/science.md, "Metrics"); `ece` is null if nobody measured it. */
export const facetMetricsSchema = z.object({
  rPrecision: z.number(),
  accAt1: z.number(),
  accAt10: z.number(),
  images: z.number(),
  ece: z.number().nullable()
})
export type FacetMetrics = z.infer<typeof facetMetricsSchema>

/** A model card: Markdown in `language`, and the pictures of the bundle that it names, as `data:` addresses by file name. */
export const modelCardSchema = z.object({
  language: languageSchema,
  markdown: z.string(),
  pictures: z.record(z.string(), z.string())
})
export type ModelCard = z.infer<typeof modelCardSchema>

/** Where a bundle that was trained here comes from: `pictures` of `catalogue`, going out from `base`. */
export const trainedSchema = z.object({
  catalogue: z.string(),
  at: z.string(),
  pictures: z.number().int(),
  base: bundleReferenceSchema.nullable(),
  /** The other machine that trained it; null: this one. */
  target: z.string().nullable()
})
export type Trained = z.infer<typeof trainedSchema>

/** A model bundle on disk; `problem` is an error code when it may not be used (hash, shape, self-test). */
export const bundleSummarySchema = z.object({
  id: z.string(),
  version: z.string(),
  path: z.string(),
  title: z.object({ ca: z.string(), en: z.string() }),
  created: z.string(),
  active: z.boolean(),
  /** The one that `models.back` would activate. */
  previous: z.boolean(),
  /** Came with the program, or was trained (or put there) by the person. */
  source: z.enum(['shipped', 'trained']),
  /** Null for a shipped bundle, and for one that somebody else trained. */
  trained: trainedSchema.nullable(),
  terms: z.partialRecord(facetSchema, z.number().int()),
  metrics: z.partialRecord(facetSchema, facetMetricsSchema),
  problem: z.string().nullable(),
  /** What the sentence of `problem` names. */
  problemData: errorDataSchema.optional()
})
export type BundleSummary = z.infer<typeof bundleSummarySchema>
