import { z } from 'zod'
import { facetSchema } from './facet-schema.ts'
import { termKeySchema } from './term.ts'

/** R-Precision on the next `objects` after the first `decided` ones: of the model alone, and with what was learned from them. */
export const curvePointSchema = z.object({ decided: z.number().int(), objects: z.number().int(), base: z.number(), adapted: z.number() })

/** Learning in a facet: from how many objects, and how well the earlier decisions predicted the later ones. */
export const learnedFacetSchema = z.object({ facet: facetSchema, objects: z.number().int(), curve: z.array(curvePointSchema) })
export type LearnedFacet = z.infer<typeof learnedFacetSchema>

/** The state of learning from decisions in the open catalogue. `available`: the picture encoder is installed. */
export const learningStateSchema = z.object({
  available: z.boolean(),
  on: z.boolean(),
  images: z.number().int(),
  /** Pictures that can be learned from. */
  embedded: z.number().int(),
  facets: z.array(learnedFacetSchema)
})
export type LearningState = z.infer<typeof learningStateSchema>

/** A decided object that supports a suggestion: its share of the neighbours' vote, and the similarity of its picture, up to 1. */
export const witnessSchema = z.object({
  objectId: z.number().int(),
  label: z.string(),
  sha256: z.string().nullable(),
  share: z.number(),
  similarity: z.number()
})
export type Witness = z.infer<typeof witnessSchema>

export const whySchema = z.object({ objectId: z.number().int(), term: termKeySchema })
