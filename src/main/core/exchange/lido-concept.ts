import { languages } from '../../../shared/model/facet.ts'
import type { Term } from '../../../shared/model/term.ts'
import { aatUri } from './aat.ts'
import type { FullExportOptions } from './record-writer.ts'
import { element, escapeXml } from './xml.ts'

/** Identifiers of the LIDO terminology, as the official examples use them. */
export const lidoTerms = {
  uri: 'http://terminology.lido-schema.org/lido00099',
  local: 'http://terminology.lido-schema.org/lido00100',
  production: 'http://terminology.lido-schema.org/lido00007',
  material: 'http://terminology.lido-schema.org/lido00132',
  itemLevel: 'http://terminology.lido-schema.org/lido00141',
  image: 'http://terminology.lido-schema.org/lido00464',
  preferred: 'http://terminology.lido-schema.org/lido00169',
  alternative: 'http://terminology.lido-schema.org/lido00170'
} as const

/** The source of terms that are in no public thesaurus: the tree in which they stand. */
const treeSource = 'EUFCC-340K'

/**
 * The content of an element of conceptComplexType for a term: skos:Concept and conceptID, both with the AAT address, so
 * that readers of either find it, then the labels, those of the record's language first. A term without AAT id has its
 * key as a local identifier. `addedSearchTerm` marks terms that are no part of the description. A Catalan label that no
 * thesaurus has approved is only given on request, and as an alternative.
 */
export function conceptContent(
  { key, aatId, labels }: Term,
  { language, unofficialLabels }: Pick<FullExportOptions, 'language' | 'unofficialLabels'>,
  addedSearchTerm: 'yes' | null = null
): string {
  const alternative = unofficialLabels ? (labels.unofficial ?? null) : null
  const role = alternative === null ? null : lidoTerms.preferred
  const inOrder = [language, ...languages.filter((other) => other !== language)]
  const terms = inOrder.map((of) => {
    const text = labels[of]
    return text === null
      ? ''
      : element('lido:term', { 'lido:pref': role, 'xml:lang': of, 'lido:addedSearchTerm': addedSearchTerm }, escapeXml(text))
  })
  if (alternative !== null)
    terms.push(
      element(
        'lido:term',
        { 'lido:pref': lidoTerms.alternative, 'xml:lang': 'ca', 'lido:addedSearchTerm': addedSearchTerm },
        escapeXml(alternative)
      )
    )
  if (aatId === null) {
    return element('lido:conceptID', { 'lido:type': lidoTerms.local, 'lido:source': treeSource }, escapeXml(key)) + terms.join('')
  }
  const uri = aatUri(aatId)
  const preferred = (['en', 'ca'] as const).map((of) => {
    const text = labels[of]
    return text === null ? '' : element('skos:prefLabel', { 'xml:lang': of }, escapeXml(text))
  })
  return (
    element('skos:Concept', { 'rdf:about': uri }, ...preferred, alternativeLabel(alternative)) +
    element('lido:conceptID', { 'lido:type': lidoTerms.uri, 'lido:source': 'AAT' }, uri) +
    terms.join('')
  )
}

function alternativeLabel(text: string | null): string {
  return text === null ? '' : element('skos:altLabel', { 'xml:lang': 'ca' }, escapeXml(text))
}
