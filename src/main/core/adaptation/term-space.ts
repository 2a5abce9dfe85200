import { facetOf } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { TermReference } from '../catalogue/terms.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

/** The part of the vocabulary that learning needs. */
export type LearningVocabulary = Pick<Vocabulary, 'has' | 'term' | 'assignable' | 'broaderKeys'>

/** The terms that learning knows: one key per concept, so that a decision holds at every position of the concept. */
export interface TermSpace {
  /** The key that represents a key's concept. */
  keyOf(key: TermKey): TermKey
  /** A term and all broader terms that can be assigned: each is right if the term is. */
  withBroader(key: TermKey): TermKey[]
  /** Null for a key that cannot be suggested: the vocabulary lacks it, or it cannot be assigned. */
  reference(key: TermKey): TermReference | null
}

export function createTermSpace(vocabulary: LearningVocabulary): TermSpace {
  const concepts = new Map<string, TermKey>()
  const suggestible = (key: TermKey): boolean => vocabulary.has(key) && vocabulary.assignable(key)
  const keyOf = (key: TermKey): TermKey => {
    const aatId = vocabulary.has(key) ? vocabulary.term(key).aatId : null
    if (aatId === null) return key
    const concept = `${facetOf(key)} ${aatId}`
    const known = concepts.get(concept)
    if (known === undefined) concepts.set(concept, key)
    return known ?? key
  }
  return {
    keyOf,
    withBroader(key) {
      const broader = vocabulary.has(key) ? vocabulary.broaderKeys(key).filter(suggestible) : []
      return [...new Set([key, ...broader].map(keyOf))]
    },
    reference: (key) => (suggestible(key) ? { key, facet: facetOf(key), aatId: vocabulary.term(key).aatId } : null)
  }
}
