import { z } from 'zod'
import { errorDataSchema } from '../errors.ts'
import { facetSchema } from './facet.ts'

/** One execution provider as the start-up self-test found it; `reason` is an error code saying why it is off. */
export const providerReportSchema = z.object({
  provider: z.string(),
  state: z.enum(['inUse', 'available', 'off']),
  imagesPerSecond: z.number().nullable(),
  reason: z.string().nullable(),
  detail: z.string().nullable()
})
export type ProviderReport = z.infer<typeof providerReportSchema>

/** What the window says about the device (features.md, row 27): measured, not guessed. */
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

/** A model bundle on disk; `problem` is an error code when it may not be used (hash, shape, self-test). */
export const bundleSummarySchema = z.object({
  id: z.string(),
  version: z.string(),
  path: z.string(),
  title: z.object({ ca: z.string(), en: z.string() }),
  created: z.string(),
  active: z.boolean(),
  terms: z.partialRecord(facetSchema, z.number().int()),
  metrics: z.partialRecord(facetSchema, z.object({ rPrecision: z.number(), accAt1: z.number(), accAt10: z.number(), images: z.number() })),
  problem: z.string().nullable(),
  /** What the sentence of `problem` names. */
  problemData: errorDataSchema.optional()
})
export type BundleSummary = z.infer<typeof bundleSummarySchema>
