import { z } from 'zod'

/** The four facets of EUFCC-340K (paper, table 1), in the order in which every screen and export shows them. */
export const facets = ['objectTypes', 'materials', 'disciplines', 'subjects'] as const

export const facetSchema = z.enum(facets)
export type Facet = z.infer<typeof facetSchema>

/** A value for each facet, made by `make`. */
export function perFacet<T>(make: (facet: Facet) => T): Record<Facet, T> {
  return {
    objectTypes: make('objectTypes'),
    materials: make('materials'),
    disciplines: make('disciplines'),
    subjects: make('subjects')
  }
}

/** Languages in which terms have labels, in the order of fallback (interface.md, section 1). */
export const languages = ['ca', 'en'] as const
export const languageSchema = z.enum(languages)
export type Language = z.infer<typeof languageSchema>
