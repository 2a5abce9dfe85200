import { z } from 'zod'
import { languageSchema } from './facet-schema.ts'

/** What can be printed: a page for each object, or a grid of many. */
export const printFormatSchema = z.enum(['card', 'contactSheet'])
export type PrintFormat = z.infer<typeof printFormatSchema>

/** Options of a PDF (A4) to print. */
export const printOptionsSchema = z.object({
  format: printFormatSchema,
  /** Objects to print in this order; null = all, in the order of their numbers. */
  objectIds: z.array(z.number().int()).nullable().default(null),
  /** Where to write; null = the catalogue's own folder `exports`. */
  file: z.string().nullable().default(null),
  /** Replace a file that has the name. */
  overwrite: z.boolean().default(false),
  /** Language of headings and terms. */
  language: languageSchema.default('ca')
})
export type PrintOptions = z.input<typeof printOptionsSchema>
