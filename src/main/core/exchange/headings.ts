import type { Facet, Language } from '../../../shared/model/facet.ts'
import type { FacetState, ObjectStatus, TermState } from '../../../shared/model/record.ts'

type Words = Record<Language, string>

/** Names of the facets, as the windows show them (docs/interface.md, "Words"). */
export const facetNames: Record<Facet, Words> = {
  objectTypes: { ca: "Tipus d'objecte", en: 'Object types' },
  materials: { ca: 'Materials', en: 'Materials' },
  disciplines: { ca: 'Disciplines', en: 'Disciplines' },
  subjects: { ca: 'Temes', en: 'Subjects' }
}

export const facetStateNames: Record<FacetState, Words> = {
  open: { ca: 'oberta', en: 'open' },
  closed: { ca: 'tancada', en: 'closed' },
  notApplicable: { ca: 'no aplicable', en: 'not applicable' },
  notVisible: { ca: 'no es pot veure', en: 'cannot be seen' }
}

export const statusNames: Record<ObjectStatus, Words> = {
  new: { ca: 'nou', en: 'new' },
  inWork: { ca: 'en curs', en: 'in work' },
  closed: { ca: 'tancat', en: 'closed' }
}

export const termStateNames: Record<Exclude<TermState, 'open'> | 'suggested', Words> = {
  accepted: { ca: 'acceptat', en: 'accepted' },
  rejected: { ca: 'rebutjat', en: 'rejected' },
  uncertain: { ca: 'dubtós', en: 'uncertain' },
  suggested: { ca: 'suggerit', en: 'suggested' }
}

export const certaintyNames: Record<'certain' | 'probable', Words> = {
  certain: { ca: 'segur', en: 'certain' },
  probable: { ca: 'probable', en: 'probable' }
}

export const madeByNames: Record<'person' | 'rule' | 'model', Words> = {
  person: { ca: 'persona', en: 'person' },
  rule: { ca: 'regla', en: 'rule' },
  model: { ca: 'model', en: 'model' }
}

/** Headings of the CSV with one row an object. */
export const objectHeadings = {
  number: { ca: "Número d'inventari", en: 'Inventory number' },
  files: { ca: 'Fitxers', en: 'Files' },
  title: { ca: 'Títol', en: 'Title' },
  field: { ca: 'camp', en: 'field' },
  status: { ca: 'Estat', en: 'Status' },
  note: { ca: 'Nota', en: 'Note' },
  state: { ca: 'estat de la faceta', en: 'state of the facet' },
  aat: { ca: 'AAT', en: 'AAT' },
  uncertain: { ca: 'dubtosos', en: 'uncertain' },
  suggested: { ca: 'suggeriments', en: 'suggestions' }
} satisfies Record<string, Words>
