import { z } from 'zod'
import { facets } from './facet.ts'
import { facetSchema, languageSchema } from './facet-schema.ts'

/** How an accepted term changed: newly accepted, no longer accepted, or accepted with another certainty or at another node. */
export const termChangeSchema = z.enum(['added', 'removed', 'changed'])
export type TermChange = z.infer<typeof termChangeSchema>

/** The possible contents of a column in a file with one row per changed term. */
export const termColumns = [
  'number',
  'objectId',
  'files',
  'change',
  'facet',
  'term',
  'termCa',
  'termEn',
  'uri',
  'aatId',
  'path',
  'certainty',
  'who',
  'when'
] as const

/** The possible contents of a column in a file with one row per changed object; the lists of terms are per facet. */
export const objectColumns = [
  'number',
  'objectId',
  'files',
  'who',
  'when',
  ...facets.flatMap((facet) => [`accepted.${facet}`, `added.${facet}`, `removed.${facet}`] as const)
] as const

const columnSchema = z.object({
  heading: z.string().trim().min(1).max(200),
  value: z.enum([...new Set([...termColumns, ...objectColumns])])
})
export type ChangeColumn = z.infer<typeof columnSchema>
export type ChangeValue = ChangeColumn['value']

/** The layout of a difference file, for one collection system. Stored in the catalogue under its name. */
export const changeProfileSchema = z
  .object({
    name: z.string().trim().min(1).max(80),
    format: z.enum(['csv', 'xml']),
    rows: z.enum(['term', 'object']),
    separator: z.enum([';', ',', '\t']).default(','),
    /** Written so that spreadsheet programs keep `0012` as it is; a collection system needs the plain text. */
    spreadsheet: z.boolean().default(false),
    /** Separator of multiple values in a cell; in XML every value has its own element. */
    joiner: z.string().min(1).max(5).default(' | '),
    /** Labels of terms in this language, or in the other one if a term has none. */
    language: languageSchema.default('ca'),
    /** How the columns with lists of terms name them. */
    termsAs: z.enum(['label', 'uri', 'uriAndLabel']).default('label'),
    changes: z.array(termChangeSchema).min(1).default(['added', 'removed', 'changed']),
    columns: z.array(columnSchema).min(1).max(60),
    /** Names of the root element and of the element of a row, in XML. */
    root: z
      .string()
      .regex(/^[A-Za-z_][\w.-]*$/)
      .default('changes'),
    record: z
      .string()
      .regex(/^[A-Za-z_][\w.-]*$/)
      .default('change')
  })
  .refine(
    ({ rows, columns }) => columns.every(({ value }) => (rows === 'term' ? termColumns : objectColumns).some((known) => known === value)),
    {
      message: 'a column does not fit the rows',
      path: ['columns']
    }
  )
export type ChangeProfile = z.output<typeof changeProfileSchema>

/** A profile, and whether it is built in; built-in ones cannot be replaced or removed. */
export const listedProfileSchema = z.object({ profile: changeProfileSchema, ready: z.boolean() })
export type ListedProfile = z.infer<typeof listedProfileSchema>

/** From when on changes count: a moment (ISO 8601), or null for the last export of the whole catalogue or of its changes. */
export const sinceSchema = z.iso.datetime({ offset: true }).or(z.iso.date()).nullable()

export const changesOptionsSchema = z.object({
  format: z.literal('changes'),
  since: sinceSchema,
  profile: z.string().min(1),
  file: z.string().nullable().default(null),
  overwrite: z.boolean().default(false)
})
export type ChangesOptions = z.input<typeof changesOptionsSchema>

/** How much has changed; `since` is null if the catalogue was never exported, so that everything counts. */
export const changesSummarySchema = z.object({
  since: z.string().nullable(),
  objects: z.number().int(),
  counts: z.record(termChangeSchema, z.number().int()),
  facets: z.record(facetSchema, z.number().int())
})
export type ChangesSummary = z.infer<typeof changesSummarySchema>
