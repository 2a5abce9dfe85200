/** Schemas of what facet.ts names, apart from it: threads use the names a great deal and would load all of zod for them. */
import { z } from 'zod'
import { facets, languages } from './facet.ts'

export const facetSchema = z.enum(facets)
export const languageSchema = z.enum(languages)
