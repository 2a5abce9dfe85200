import { languages, type Language } from '../../../shared/model/facet.ts'
import type { Term } from '../../../shared/model/term.ts'
import { aatUri } from './aat.ts'
import { element, escapeXml } from './xml.ts'

/** Identifiers of the LIDO terminology, as the official examples use them. */
export const lidoTerms = {
  uri: 'http://terminology.lido-schema.org/lido00099',
  local: 'http://terminology.lido-schema.org/lido00100',
  material: 'http://terminology.lido-schema.org/lido00132',
  itemLevel: 'http://terminology.lido-schema.org/lido00141',
  image: 'http://terminology.lido-schema.org/lido00464'
} as const

/** The source of terms that are in no public thesaurus: the tree in which they stand. */
const treeSource = 'EUFCC-340K'

/**
 * The content of an element of conceptComplexType for a term: skos:Concept and conceptID, both with the AAT address, so
 * that readers of either find it, then the labels, those of the record's language first. A term without AAT id has its
 * key as a local identifier. `addedSearchTerm` marks terms that are no part of the description.
 */
export function conceptContent({ key, aatId, labels }: Term, language: Language, addedSearchTerm: 'yes' | null = null): string {
  const inOrder = [language, ...languages.filter((other) => other !== language)]
  const terms = inOrder.map((of) => {
    const text = labels[of]
    return text === null ? '' : element('lido:term', { 'xml:lang': of, 'lido:addedSearchTerm': addedSearchTerm }, escapeXml(text))
  })
  if (aatId === null) {
    return element('lido:conceptID', { 'lido:type': lidoTerms.local, 'lido:source': treeSource }, escapeXml(key)) + terms.join('')
  }
  const uri = aatUri(aatId)
  const preferred = (['en', 'ca'] as const).map((of) => {
    const text = labels[of]
    return text === null ? '' : element('skos:prefLabel', { 'xml:lang': of }, escapeXml(text))
  })
  return (
    element('skos:Concept', { 'rdf:about': uri }, ...preferred) +
    element('lido:conceptID', { 'lido:type': lidoTerms.uri, 'lido:source': 'AAT' }, uri) +
    terms.join('')
  )
}
