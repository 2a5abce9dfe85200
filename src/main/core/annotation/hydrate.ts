import { facetOf } from '../../../shared/model/facet.ts'
import type { Term, TermKey } from '../../../shared/model/term.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

/** The part of the vocabulary that hydration needs. */
export type TermSource = Pick<Vocabulary, 'has' | 'term'>

/**
 * The term of a stored key. A key that this vocabulary does not know (the catalogue is older or newer) is shown by the words of its
 * path and is not assignable.
 */
export function termOf(vocabulary: TermSource, key: TermKey): Term {
  if (vocabulary.has(key)) return vocabulary.term(key)
  const facet = facetOf(key)
  const place = key.slice(facet.length + 1)
  const aatId = place.startsWith('aat:') ? place.slice('aat:'.length) : null
  const path = place.split(' | ').map((ca) => ({ ca, en: null }))
  return { key, facet, aatId, labels: path.at(-1) ?? { ca: place, en: null }, path, assignable: false }
}
