import { z } from 'zod'
import { languageSchema } from './facet-schema.ts'

export const exportFormatSchema = z.enum(['csv', 'csv-long', 'eufcc', 'lido', 'xmp', 'edm', 'linked-art', 'iiif'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

/** Which terms go out: those people accepted (the default), the machine's suggestions, or both, marked apart. */
export const exportWhatSchema = z.enum(['accepted', 'suggested', 'all'])
export type ExportWhat = z.infer<typeof exportWhatSchema>

export const exportOptionsSchema = z.object({
  format: exportFormatSchema,
  what: exportWhatSchema.default('accepted'),
  /** Objects to export, null = all. */
  objectIds: z.array(z.number().int()).nullable().default(null),
  /** Where to write; null = the catalogue's own folder `exports`. */
  file: z.string().nullable().default(null),
  separator: z.enum([';', ',', '\t']).default(';'),
  /** First language of CSV labels, and the metadata language of LIDO. */
  language: languageSchema.default('ca'),
  /** Leave records out that would not be valid, instead of refusing the export. */
  leaveOutInvalid: z.boolean().default(true),
  /** Add Catalan labels that no thesaurus has approved to LIDO, as alternative terms. */
  unofficialLabels: z.boolean().default(false),
  /** Replace a file that is there although it is no export of this catalogue. */
  overwrite: z.boolean().default(false)
})
export type ExportOptions = z.input<typeof exportOptionsSchema>

/** A finding of a validation: which record (object), which field, what is wrong (an error code), where in the file. */
export const exchangeProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  objectId: z.number().int().nullable(),
  record: z.string(),
  field: z.string(),
  code: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
  line: z.number().int().nullable()
})
export type ExchangeProblem = z.infer<typeof exchangeProblemSchema>

export const validationReportSchema = z.object({
  records: z.number().int(),
  valid: z.number().int(),
  errors: z.number().int(),
  warnings: z.number().int(),
  /** The first 500 errors and the first 500 warnings, in the order of the records. */
  problems: z.array(exchangeProblemSchema)
})
export type ValidationReport = z.infer<typeof validationReportSchema>
