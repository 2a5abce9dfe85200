import { facetOf } from '../../../shared/model/facet.ts'
import type { FacetRecord, Run } from '../../../shared/model/record.ts'
import type { Term, TermKey } from '../../../shared/model/term.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { StoredSuggestion } from './suggestions.ts'

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

/** The suggestions of a facet with their terms, and whether all of its pictures are outside what is known (adaptation/renewal.ts). */
export function suggestionsIn(
  stored: readonly StoredSuggestion[],
  run: Run | null,
  vocabulary: TermSource
): Pick<FacetRecord, 'suggestions' | 'outside'> {
  let outside = stored.length > 0
  const suggestions = stored.map(({ key, rank, score, probability, members: json }) => {
    const members = JSON.parse(json) as Record<string, number>
    const { neighbours, linear, base } = members
    outside &&= members['outside'] === 1
    const learned = run?.kind === 'adapted' && neighbours !== undefined && linear !== undefined && base !== undefined
    // Where no decision says anything, the model stands alone.
    const evidence = learned && neighbours + linear > 0 ? { neighbours, linear, base } : null
    return { term: termOf(vocabulary, key), rank, score, probability, members: learned ? {} : members, runId: run?.id ?? 0, evidence }
  })
  return { suggestions, outside }
}
