import type { Language } from '../../../shared/model/facet.ts'

type Words = Record<Language, string>

/** Words of printed pages that no other export has. */
export const printWords = {
  card: { ca: 'Fitxa de catalogació', en: 'Record card' },
  contactSheet: { ca: 'Full de contactes', en: 'Contact sheet' },
  noTerms: { ca: 'Cap terme', en: 'No terms' },
  noPicture: { ca: 'La imatge no es troba', en: 'The picture is missing' },
  views: { ca: 'Altres vistes', en: 'Other views' },
  creator: { ca: 'Autoria de la imatge', en: 'Made by' },
  date: { ca: 'Data de la imatge', en: 'Date of the picture' },
  rights: { ca: 'Drets', en: 'Rights' },
  description: { ca: 'Descripció', en: 'Description' },
  probable: { ca: 'probable', en: 'probable' },
  byRule: { ca: 'per regla', en: 'by a rule' },
  printed: { ca: 'Imprès el', en: 'Printed on' },
  page: { ca: 'pàgina', en: 'page' }
} satisfies Record<string, Words>

/** A day as the language writes it. */
export const dayIn = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language === 'ca' ? 'ca-ES' : 'en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(at)
