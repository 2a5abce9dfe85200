import type { TrainingFacet, TrainingTerm } from '../../../../shared/model/training.ts'
import { foldText } from '../../../../shared/domain/fold.ts'

/** Terms of a facet that lack pictures; those that lack the fewest first. */
export function lackingTerms(facet: TrainingFacet): readonly TrainingTerm[] {
  return facet.terms.filter((each) => each.lacking > 0).sort((a, b) => a.lacking - b.lacking || b.pictures - a.pictures)
}

/** The terms one of whose labels holds the query; case and accents do not count. */
export function searchTerms(terms: readonly TrainingTerm[], query: string): readonly TrainingTerm[] {
  const asked = foldText(query)
  if (asked === '') return terms
  return terms.filter(({ term }) => [term.labels.ca, term.labels.en].some((label) => label !== null && foldText(label).includes(asked)))
}
