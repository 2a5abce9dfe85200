import { z } from 'zod'
import { errorDataSchema } from './error-data.ts'
import { facetSchema } from './facet-schema.ts'
import { objectFilterSchema, objectOrderSchema } from './record.ts'

/** Where a person left a catalogue: the current object, and which objects were shown in what order. */
export const catalogueViewSchema = z.object({
  objectId: z.number().int().nullable(),
  filter: objectFilterSchema,
  order: objectOrderSchema
})
export type CatalogueView = z.infer<typeof catalogueViewSchema>

/**
 * A catalogue of the list of recent ones; `found` is false when its folder is not there now. `objects` and `closed` are null
 * if it cannot be counted, `pictures` are the SHA-256 of its first images.
 */
export const recentCatalogueSchema = z.object({
  path: z.string(),
  name: z.string(),
  objects: z.number().int().nullable(),
  closed: z.number().int().nullable(),
  pictures: z.array(z.string()).default([]),
  openedAt: z.string(),
  found: z.boolean()
})
export type RecentCatalogue = z.infer<typeof recentCatalogueSchema>

/** The open catalogue. `problem` says why nothing can be stored in it: its file was deleted, moved or replaced. */
export const catalogueSummarySchema = z.object({
  path: z.string(),
  name: z.string(),
  objects: z.number().int(),
  problem: z.object({ code: z.string(), data: errorDataSchema }).nullable(),
  /** Why it should not lie where it does: on a network share, or in a synchronised folder. */
  risk: z.object({ code: z.string(), data: errorDataSchema }).optional()
})
export type CatalogueSummary = z.infer<typeof catalogueSummarySchema>

/** Counts of the open catalogue; `facets` holds objects with the facet decided, `accepted` terms accepted in it. */
export const statisticsSchema = z.object({
  objects: z.number().int(),
  images: z.number().int(),
  suggested: z.number().int(),
  /** Objects with an original that was not found. */
  missing: z.number().int(),
  status: z.object({ new: z.number().int(), inWork: z.number().int(), closed: z.number().int() }),
  facets: z.record(
    facetSchema,
    z.object({ decided: z.number().int(), accepted: z.number().int(), rejected: z.number().int(), terms: z.number().int() })
  ),
  runs: z.number().int(),
  decisions: z.number().int()
})
export type Statistics = z.infer<typeof statisticsSchema>

/** A folder as the page's own folder dialog lists it (the browser shell has no native one). */
export const folderListingSchema = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  places: z.array(z.object({ name: z.string(), path: z.string() })),
  entries: z.array(z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'catalogue']) })),
  images: z.number().int()
})
export type FolderListing = z.infer<typeof folderListingSchema>

/** The meaning of paths that a person passed to the program. `files` are named relative to the folder; null = all of it. */
export const openingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('catalogue'), path: z.string() }),
  z.object({ kind: z.literal('import'), folder: z.string(), files: z.array(z.string()).nullable() })
])
export type Opening = z.infer<typeof openingSchema>
