import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { facetOf, facets, type Facet } from '../../../../shared/model/facet.ts'
import type { FacetState, TermState } from '../../../../shared/model/record.ts'
import type { Term, TermKey } from '../../../../shared/model/term.ts'
import { api } from '../../api/client.ts'
import { report } from '../../composables/useMessages.ts'
import { answerInWords as say } from '../../composables/useStatusHint.ts'
import { annotationOf, nextCertainty, openSuggestions, stateOf } from './model/decide.ts'
import { termAtDigit } from './model/visit.ts'
import type { DecisionPart, RecordVisit, Panel } from './useRecordVisit.ts'
import { useTermWords } from './useTermWords.ts'

/** The last decision of this window, for the key "repeat"; outlives the object. */
const last = shallowRef<DecisionPart | null>(null)
/** The terms that it names: another object may not know them. */
let lastTerms: readonly Term[] = []

export interface CommandsOptions {
  readonly recordVisit: RecordVisit
  /** Goes to the next object that is not closed, after the last open facet of this one is decided. */
  readonly toNextOpen: () => void
  /** Puts the focus into the tree of a facet. */
  readonly enter: (facet: Facet) => void
}

/**
 * What the keys, signs and menus of the record do (docs/interface.md, "Keys"). Every one of them answers in words.
 */
export function useCommands({ recordVisit, toNextOpen, enter }: CommandsOptions) {
  const { t } = useI18n()
  const words = useTermWords()
  const panelOf = (facet: Facet): Panel => recordVisit.panel(facet)
  const current = computed(() => recordVisit.panels.value?.[recordVisit.facet.value] ?? null)
  const facetName = (facet: Facet): string => t(`frame.facet.${facet}`)
  const decide = (decision: DecisionPart, remember = true): Promise<boolean> => {
    if (remember) {
      last.value = decision
      const keys = decision.kind === 'term' ? [decision.term] : decision.kind === 'replace' ? [decision.from, decision.to] : []
      lastTerms = keys.map(recordVisit.term).filter((term) => term !== null)
    }
    return recordVisit.decide(decision)
  }

  /** Sets a term's state; the state it has already takes it back to open. */
  function setState(key: TermKey, wanted: 'accepted' | 'rejected', keep = false): void {
    const term = recordVisit.term(key)
    const facet = facetOf(key)
    if (term === null) return
    if (!term.assignable) return say(t('record.said.guide', { term: words.text(term) }))
    const panel = panelOf(facet)
    const state: TermState = !keep && stateOf(panel.record, term) === wanted ? 'open' : wanted
    void decide({ kind: 'term', term: key, state, certainty: 'certain' })
    const parts = [t('record.said.term', { term: words.text(term), state: t(`record.state.${state}`) })]
    if (panel.record.state !== 'open') parts.push(t('record.said.reopened', { facet: facetName(facet) }))
    say(parts.join(' '))
  }

  function atDigit(digit: number, wanted: 'accepted' | 'rejected'): void {
    if (current.value === null) return
    const key = termAtDigit(current.value.visit, digit)
    if (key === null) return say(t('record.said.noDigit', { digit: digit % 10, facet: facetName(current.value.facet) }))
    recordVisit.focus(current.value.facet, key)
    setState(key, wanted)
  }

  /** Decides about the facet; deciding about a decided one in the same way opens it again. */
  function setFacet(facet: Facet, state: Exclude<FacetState, 'open'>): void {
    const next: FacetState = panelOf(facet).record.state === state ? 'open' : state
    void decide({ kind: 'facet', facet, state: next })
    say(t('record.said.facet', { facet: facetName(facet), state: t(`frame.facetState.${next}`) }))
  }

  /** Enter: closes the facet and goes on to the next open one; after the last, to the next open object; opens a decided one again. */
  function closeFacet(facet: Facet): void {
    if (panelOf(facet).record.state !== 'open') {
      void decide({ kind: 'facet', facet, state: 'open' })
      return say(t('record.said.reopened', { facet: facetName(facet) }))
    }
    void decide({ kind: 'facet', facet, state: 'closed' })
    const closed = t('record.said.facet', { facet: facetName(facet), state: t('frame.facetState.closed') })
    const place = facets.indexOf(facet)
    const next = [...facets.slice(place + 1), ...facets.slice(0, place)].find((each) => panelOf(each).record.state === 'open')
    if (next !== undefined) {
      say(closed)
      return enter(next)
    }
    say(`${closed} ${t('record.said.objectClosed', { label: recordVisit.record.value?.label ?? '' })}`)
    toNextOpen()
  }

  function rejectRest(facet: Facet): void {
    const left = openSuggestions(panelOf(facet).record).length
    if (left === 0) return say(t('record.said.nothingLeft', { facet: facetName(facet) }))
    void decide({ kind: 'rejectRest', facet })
    say(t('record.said.rejectedRest', { n: left, facet: facetName(facet) }, left))
  }

  function changeCertainty(term: Term): void {
    if (!term.assignable) return say(t('record.said.guide', { term: words.text(term) }))
    const next = nextCertainty(annotationOf(panelOf(term.facet).record, term))
    void decide({ kind: 'term', term: term.key, ...next })
    const state =
      next.state === 'uncertain' ? t('record.state.uncertain') : `${t('record.state.accepted')}, ${t(`record.certainty.${next.certainty}`)}`
    say(t('record.said.term', { term: words.text(term), state }))
  }

  /** Puts another term in the place of one: an accepted term is replaced, an open one is passed over for the other. */
  function replace(from: Term, to: Term): void {
    recordVisit.remember(to)
    const state = stateOf(panelOf(from.facet).record, from)
    if (state === 'accepted' || state === 'uncertain') {
      void decide({ kind: 'replace', from: from.key, to: to.key })
      say(t('record.said.replaced', { from: words.text(from), to: words.text(to) }))
    } else setState(to.key, 'accepted', true)
    recordVisit.show(to.key)
    enter(to.facet)
  }

  async function toBroader(term: Term): Promise<void> {
    try {
      let at = term
      do {
        const { broader } = await api.vocabulary.term({ key: at.key })
        const above = broader.find((each) => each.facet === term.facet)
        if (above === undefined) return say(t('record.said.noBroader', { term: words.text(term) }))
        at = above
      } while (!at.assignable)
      replace(term, at)
    } catch (error) {
      report(error)
    }
  }

  /** The narrower terms that can stand in the term's place; says so where there are none. */
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

  function toggleFlag(): void {
    const flagged = recordVisit.record.value?.flagged !== true
    void decide({ kind: 'flag', flagged })
    say(t(flagged ? 'record.said.flagged' : 'record.said.unflagged'))
  }

  function keepNote(note: string): void {
    void decide({ kind: 'note', note }, false)
    say(t('record.said.note'))
  }

  /** Does the last decision again, on this object. */
  function repeat(): void {
    const decision = last.value
    if (decision === null) return say(t('record.said.repeatNothing'))
    lastTerms.forEach(recordVisit.remember)
    switch (decision.kind) {
      case 'term': {
        const term = recordVisit.term(decision.term)
        if (term === null) return say(t('record.said.repeatCannot'))
        void decide(decision)
        const state = t(`record.state.${decision.state}`)
        recordVisit.show(decision.term)
        return say(t('record.said.term', { term: words.text(term), state }))
      }
      case 'rejectRest':
        return rejectRest(decision.facet)
      case 'facet':
        void decide(decision)
        return say(t('record.said.facet', { facet: facetName(decision.facet), state: t(`frame.facetState.${decision.state}`) }))
      case 'flag':
        void decide(decision)
        return say(t(decision.flagged ? 'record.said.flagged' : 'record.said.unflagged'))
      case 'replace': {
        const [from, to] = [recordVisit.term(decision.from), recordVisit.term(decision.to)]
        if (from === null || to === null || stateOf(panelOf(from.facet).record, from) !== 'accepted')
          return say(t('record.said.repeatCannot'))
        return replace(from, to)
      }
      case 'note':
        return say(t('record.said.repeatCannot'))
    }
  }

  /** Nothing is decided about an object that is still on screen while the next one is being read. */
  const here =
    <Given extends unknown[]>(act: (...given: Given) => unknown) =>
    (...given: Given): void => {
      if (recordVisit.here.value) act(...given)
    }

  return {
    say,
    setState: here(setState),
    atDigit: here(atDigit),
    setFacet: here(setFacet),
    closeFacet: here(closeFacet),
    rejectRest: here(rejectRest),
    changeCertainty: here(changeCertainty),
    replace: here(replace),
    toBroader: here(toBroader),
    narrowerOf,
    toggleFlag: here(toggleFlag),
    keepNote: here(keepNote),
    repeat: here(repeat)
  }
}

export type Commands = ReturnType<typeof useCommands>
