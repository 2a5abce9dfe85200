import { z } from 'zod'
import { facetSchema, languageSchema } from './facet-schema.ts'

/**
 * Key of a term: `<facet>/<path>` for a node of the published trees, the path's Catalan labels joined from the root down
 * by ` | ` (`materials/metall | bronze`), or `<facet>/aat:<id>` for an AAT concept that no tree holds. Never a bare
 * label: the same word stands in several facets and at several places.
 */
export const termKeySchema = z.string().regex(/^(objectTypes|materials|disciplines|subjects)\/.+$/)
export type TermKey = string

/** How sure the match of a tree node to its AAT id is (vocabulary/README.md): read and cross-checked, inferred, or none. */
export const matchSchema = z.enum(['verified', 'inferred', 'missing'])

/**
 * A text with the language it is in; shown with a language mark where that is not the language asked for, and with
 * another mark where no thesaurus has approved it.
 */
export const labelSchema = z.object({ text: z.string(), language: languageSchema, unofficial: z.literal(true).optional() })
export type Label = z.infer<typeof labelSchema>

/**
 * Labels of a term; at least one of `ca` and `en` is not null. `unofficial` is a Catalan label that no thesaurus has approved,
 * given where `ca` is null and there is one: it is shown with a mark, and never exported as the preferred label.
 */
export const labelsSchema = z.object({ ca: z.string().nullable(), en: z.string().nullable(), unofficial: z.string().optional() })
export type Labels = z.infer<typeof labelsSchema>

/** Why the Catalan label of a published tree was replaced. */
export const correctionSchema = z.object({ published: z.string(), reason: z.object({ ca: z.string(), en: z.string() }) })
export type Correction = z.infer<typeof correctionSchema>

/** A term as lists, chips and exports need it. `path` runs from the facet's root to the term itself. */
export const termSchema = z.object({
  key: termKeySchema,
  facet: facetSchema,
  aatId: z.string().nullable(),
  labels: labelsSchema,
  path: z.array(labelsSchema),
  assignable: z.boolean()
})
export type Term = z.infer<typeof termSchema>

/** Everything the record view says about one term. `alsoAt` lists other keys that share its AAT id. */
export const termDetailSchema = termSchema.extend({
  match: matchSchema,
  qualifiedLabel: z.string().nullable(),
  alternativeLabels: z.array(z.string()),
  /** The label of the published tree, where ours differs from it. */
  correction: correctionSchema.nullable(),
  broader: z.array(termSchema),
  narrower: z.array(termSchema),
  alsoAt: z.array(termKeySchema)
})
export type TermDetail = z.infer<typeof termDetailSchema>

/** A hit of the term search: the label that matched, and the term it stands for. */
export const termHitSchema = z.object({ term: termSchema, matched: labelSchema, inTree: z.boolean() })
export type TermHit = z.infer<typeof termHitSchema>

/**
 * The trees of all facets as columns, in depth-first order, so that a tree of thousands of nodes crosses the wire
 * as a few arrays. `parent` holds row numbers into the same arrays, -1 for a top node.
 */
export const treeColumnsSchema = z.object({
  key: z.array(termKeySchema),
  facet: z.array(facetSchema),
  parent: z.array(z.number().int()),
  ca: z.array(z.string().nullable()),
  en: z.array(z.string().nullable()),
  aatId: z.array(z.string().nullable()),
  match: z.array(matchSchema),
  assignable: z.array(z.boolean())
})
export type TreeColumns = z.infer<typeof treeColumnsSchema>
