/** Schemas for facet.ts, in their own file so that threads, which only need the names, do not load zod. */
import { z } from 'zod'
import { facets, languages } from './facet.ts'

export const facetSchema = z.enum(facets)
export const languageSchema = z.enum(languages)
