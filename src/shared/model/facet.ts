/** The four facets of EUFCC-340K (paper, table 1), in the order in which every screen and export shows them. */
export const facets = ['objectTypes', 'materials', 'disciplines', 'subjects'] as const
export type Facet = (typeof facets)[number]

/** The facet that a term key (`<facet>/…`) belongs to. */
export function facetOf(key: string): Facet {
  const name = key.slice(0, key.indexOf('/'))
  const facet = facets.find((one) => one === name)
  if (facet === undefined) throw new Error(`no term key: ${key}`)
  return facet
}

/** A value for each facet, made by `make`. */
export function perFacet<T>(make: (facet: Facet) => T): Record<Facet, T> {
  return {
    objectTypes: make('objectTypes'),
    materials: make('materials'),
    disciplines: make('disciplines'),
    subjects: make('subjects')
  }
}

/** Languages in which terms have labels, in the order of fallback (docs/interface.md, "Ground rules"). */
export const languages = ['ca', 'en'] as const
export type Language = (typeof languages)[number]

export const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value)
