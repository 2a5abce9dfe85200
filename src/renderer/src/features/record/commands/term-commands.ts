import { facetOf } from '../../../../../shared/model/facet.ts'
import type { TermState } from '../../../../../shared/model/record.ts'
import type { Term, TermKey } from '../../../../../shared/model/term.ts'
import { api } from '../../../api/client.ts'
import { report } from '../../../composables/useMessages.ts'
import { nextCertainty } from '../../../../../shared/domain/decide.ts'
import { annotationOf, stateOf } from '../../../../../shared/domain/decided-record.ts'
import { termAtDigit } from '../model/visit.ts'
import { useVocabulary } from '../useVocabulary.ts'
import type { CommandContext } from './context.ts'

/** Commands about a term of the object. */
export function termCommands({ t, words, say, decide, panelOf, facetName, enter, recordVisit }: CommandContext) {
  const vocabulary = useVocabulary()
  const inTree = (term: Term): boolean => (vocabulary.value?.term(term.key) ?? null) !== null
  const saidOf = (term: Term, state: string): string => t('record.said.term', { term: words.text(term), state })
  const saidGuide = (term: Term): string => t('record.said.guide', { term: words.text(term) })
  /** The visit and the term for which a broader term outside the trees was announced: the second press accepts it. */
  let namedOutside: { readonly visit: number; readonly term: TermKey } | null = null

  /** Sets a term's state. If it already has this state, it becomes open, unless `keep`. */
  function setState(key: TermKey, wanted: 'accepted' | 'rejected', keep = false): void {
    const term = recordVisit.term(key)
    const facet = facetOf(key)
    if (term === null) return
    if (!term.assignable) return say(saidGuide(term))
    const { record } = panelOf(facet)
    const state: TermState = !keep && stateOf(record, term) === wanted ? 'open' : wanted
    decide({ kind: 'term', term: key, state, certainty: 'certain' })
    const reopened = record.state === 'open' ? [] : [t('record.said.reopened', { facet: facetName(facet) })]
    say([saidOf(term, t(`record.state.${state}`)), ...reopened].join(' '))
  }

  function atDigit(digit: number, wanted: 'accepted' | 'rejected'): void {
    const facet = recordVisit.facet.value
    const key = termAtDigit(panelOf(facet).visit, digit)
    if (key === null) return say(t('record.said.noDigit', { digit: digit % 10, facet: facetName(facet) }))
    recordVisit.focus(facet, key)
    setState(key, wanted)
  }

  function changeCertainty(term: Term): void {
    if (!term.assignable) return say(saidGuide(term))
    const next = nextCertainty(annotationOf(panelOf(term.facet).record, term))
    decide({ kind: 'term', term: term.key, ...next })
    const { state, certainty } = next
    say(
      saidOf(
        term,
        state === 'uncertain' ? t('record.state.uncertain') : `${t('record.state.accepted')}, ${t(`record.certainty.${certainty}`)}`
      )
    )
  }

  /** Replaces a term by another one: an accepted term is replaced; for an open one, the other is accepted. */
  function replace(from: Term, to: Term): void {
    recordVisit.remember(to)
    const state = stateOf(panelOf(from.facet).record, from)
    if (state === 'accepted' || state === 'uncertain') {
      decide({ kind: 'replace', from: from.key, to: to.key })
      say(t('record.said.replaced', { from: words.text(from), to: words.text(to) }))
    } else setState(to.key, 'accepted', true)
    recordVisit.show(to.key)
    enter(to.facet)
  }

  /** The nearest assignable broader term of the facet, and whether it lies outside the trees. */
  async function broaderOf(term: Term): Promise<{ term: Term; leaves: boolean } | null> {
    let at = term
    let leaves = false
    do {
      const { broader } = await api.vocabulary.term({ key: at.key })
      const above = broader.filter((each) => each.facet === term.facet)
      const next = above.find(inTree) ?? above[0]
      if (next === undefined) return null
      leaves ||= inTree(at) && !inTree(next)
      at = next
    } while (!at.assignable)
    return { term: at, leaves }
  }

  /**
   * Replaces a term by the broader one. Broader terms outside of the four trees are rarely meant (the top of a tree has
   * "document genres" above it): the first press names the term, the second one takes it.
   */
  async function toBroader(term: Term): Promise<void> {
    const visit = recordVisit.visitId.value
    try {
      const broader = await broaderOf(term)
      if (visit !== recordVisit.visitId.value) return
      if (broader === null) return say(t('record.said.noBroader', { term: words.text(term) }))
      const named = namedOutside?.visit === visit && namedOutside.term === term.key
      if (broader.leaves && !named) {
        namedOutside = { visit, term: term.key }
        return say(t('record.said.broaderOutside', { term: words.text(term), broader: words.text(broader.term) }))
      }
      namedOutside = null
      replace(term, broader.term)
    } catch (error) {
      report(error)
    }
  }

  /** The narrower terms that can stand in the term's place; says so if there are none. */
  async function narrowerOf(term: Term): Promise<readonly Term[]> {
    try {
      const { narrower } = await api.vocabulary.term({ key: term.key })
      if (narrower.length === 0) say(t('record.said.noNarrower', { term: words.text(term) }))
      return narrower
    } catch (error) {
      report(error)
      return []
    }
  }

  return { setState, atDigit, changeCertainty, replace, toBroader, narrowerOf }
}

export type TermCommands = ReturnType<typeof termCommands>
