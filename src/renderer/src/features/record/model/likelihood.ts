import type { Suggestion } from '../../../../../shared/model/record.ts'

/** Words for the likelihood that the model gives a term (docs/interface.md, "Term states"), always shown beside the number. */
export type Likelihood = 'veryLikely' | 'likely' | 'possible' | 'unlikely'

/**
 * From 0.90 on very likely, from 0.50 on likely (more likely right than wrong begins at one half), from 0.05 on possible, by the
 * number as it is shown. A facet shows its ten best terms even where the model believes in one only: the others are unlikely.
 */
export function likelihoodOf(probability: number): Likelihood {
  const shown = Math.round(probability * 100) / 100
  if (shown >= 0.9) return 'veryLikely'
  if (shown >= 0.5) return 'likely'
  return shown >= 0.05 ? 'possible' : 'unlikely'
}

/** A member votes for a suggestion that it scores at a quarter of its own best among the facet's suggestions, or higher. */
const voteShare = 0.25

/**
 * Which members vote for each suggestion, in the order of the members' names: the dots of a row. A record holds the members' scores for
 * the ensemble's ten terms only, so a member's own top ten is not known; the share of its best score asks the same question
 * ("does it rank the term high?") and does not depend on how the member's scores are scaled.
 */
export function votesOf(suggestion: Suggestion, all: Iterable<Suggestion>): boolean[] {
  const best = new Map<string, number>()
  for (const each of all) {
    for (const [member, score] of Object.entries(each.members)) best.set(member, Math.max(score, best.get(member) ?? 0))
  }
  return [...best.keys()].sort().map((member) => {
    const score = suggestion.members[member] ?? 0
    return score > 0 && score >= voteShare * (best.get(member) ?? 0)
  })
}
