import type { FacetRecord, Run, Suggestion } from '../../../../../shared/model/record.ts'
import type { TermKey } from '../../../../../shared/model/term.ts'

/** Digits that a facet has to give: 1 to 9 and 0. */
export const digitsPerFacet = 10

/** Suggestions that a facet shows with a digit however unlikely they are. */
const alwaysShown = 3

/** What a visit has to know of the settings and of the tree. */
export interface VisitRules {
  /** Suggestions below this probability are folded away. */
  readonly unlikelyBelow: number
  /** The terms in the order in which they stand on screen, from the top row down, when the tree is sorted by `line`. */
  readonly downTheScreen: (line: readonly TermKey[]) => readonly TermKey[]
}

/**
 * What a facet keeps while its object is on screen: which digit stands for which term, in which order the branches stand, what
 * is held back. It only grows, so that nothing moves or disappears while the cataloguer works.
 */
export interface FacetVisit {
  /** Terms by digit: the first has digit 1, the tenth digit 0. Digits that are given together run down the screen. */
  readonly digits: readonly TermKey[]
  /** Terms that matter, in line: those decided before the visit, the suggestions by rank, then whatever came later. */
  readonly line: readonly TermKey[]
  /** Each suggestion as it was last seen; one that a later run drops keeps its row. */
  readonly suggestions: ReadonlyMap<TermKey, Suggestion>
  /** Suggestions too unlikely for a digit, collapsed behind "+7 unlikely", by rank. */
  readonly unlikely: readonly TermKey[]
  /** Terms rejected in an earlier visit: shown on demand only. */
  readonly rejectedBefore: readonly TermKey[]
  /** Suggestions newer than the decision about the facet, held back behind "2 new suggestions". */
  readonly waiting: readonly TermKey[]
}

/** The facet as it is when its object comes on screen. */
export function beginVisit(facet: FacetRecord, run: Run | null, rules: VisitRules): FacetVisit {
  const rejectedBefore = facet.annotations.filter((annotation) => annotation.state === 'rejected').map((annotation) => annotation.term.key)
  const suggested = new Set(facet.suggestions.map((suggestion) => suggestion.term.key))
  const decided = facet.annotations.filter((annotation) => annotation.state !== 'rejected').map((annotation) => annotation.term.key)
  const newer = facet.state !== 'open' && facet.decidedAt !== null && run !== null && run.startedAt > facet.decidedAt
  const empty: FacetVisit = {
    digits: [],
    line: decided.filter((key) => !suggested.has(key)),
    suggestions: new Map(),
    unlikely: [],
    rejectedBefore,
    waiting: []
  }
  return take(empty, facet, newer, rules)
}

/** The facet after its record changed while it is on screen: a decision, an undo, a new prediction. */
export function continueVisit(visit: FacetVisit, facet: FacetRecord, rules: VisitRules): FacetVisit {
  const annotated = new Map(facet.annotations.map((annotation) => [annotation.term.key, annotation.state]))
  const rejectedBefore = visit.rejectedBefore.filter((key) => annotated.get(key) === 'rejected')
  const line = [...visit.line, ...facet.annotations.map((annotation) => annotation.term.key).filter((key) => isNew(visit, key))]
  return take({ ...visit, rejectedBefore, line }, facet, facet.state !== 'open', rules)
}

/** The facet after its held back suggestions were asked for. */
export function showWaiting(visit: FacetVisit, rules: VisitRules): FacetVisit {
  return bind({ ...visit, waiting: [] }, visit.waiting, rules)
}

/** Adds suggestions: likely ones get the next free digits, or are held back if the facet is decided; the others are collapsed. */
function take(visit: FacetVisit, facet: FacetRecord, hold: boolean, rules: VisitRules): FacetVisit {
  const suggestions = new Map([...visit.suggestions, ...facet.suggestions.map((suggestion) => [suggestion.term.key, suggestion] as const)])
  const decided = new Set(facet.annotations.map((annotation) => annotation.term.key))
  const fresh = facet.suggestions
    .filter(({ term: { key } }) => !visit.digits.includes(key) && !visit.rejectedBefore.includes(key))
    .map((suggestion) => ({
      key: suggestion.term.key,
      likely: suggestion.rank <= alwaysShown || suggestion.probability >= rules.unlikelyBelow || decided.has(suggestion.term.key)
    }))
  const likely = fresh.filter((each) => each.likely).map(({ key }) => key)
  const unlikely = fresh.filter((each) => !each.likely && !visit.line.includes(each.key)).map(({ key }) => key)
  const held = hold ? likely.filter((key) => !decided.has(key) && !visit.line.includes(key)) : []
  const waiting = hold ? [...new Set([...visit.waiting.filter((key) => !decided.has(key)), ...held])] : []
  const taken = { ...visit, suggestions, unlikely, waiting }
  return bind(taken, hold ? likely.filter((key) => !held.includes(key)) : [...visit.waiting, ...likely], rules)
}

/** Gives the best of the terms the digits that are left, from the top of the screen down, and all of them a place in line. */
function bind(visit: FacetVisit, keys: readonly TermKey[], rules: VisitRules): FacetVisit {
  const line = [...new Set([...visit.line, ...keys])]
  const best = new Set([...new Set(keys)].filter((key) => !visit.digits.includes(key)).slice(0, digitsPerFacet - visit.digits.length))
  const added = best.size === 0 ? [] : rules.downTheScreen(line).filter((key) => best.has(key))
  return { ...visit, digits: [...visit.digits, ...added], line }
}

function isNew(visit: FacetVisit, key: TermKey): boolean {
  return !visit.line.includes(key) && !visit.rejectedBefore.includes(key)
}

/** The sign of a digit's key, `1` … `9`, `0`, or null for a term without one. */
export function digitOf(visit: FacetVisit, key: TermKey): string | null {
  const index = visit.digits.indexOf(key)
  return index < 0 ? null : String((index + 1) % 10)
}

/** The term that a digit's key stands for, 1 to 9 and 10 for the key 0; null if it stands for none. */
export function termAtDigit(visit: FacetVisit, digit: number): TermKey | null {
  return visit.digits[digit - 1] ?? null
}
