import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Annotation, Suggestion } from '../../../../shared/model/record.ts'
import type { Label, Labels, Term } from '../../../../shared/model/term.ts'
import { useSettings } from '../../composables/useSettings.ts'
import { initialsOf } from '../settings/initials.ts'
import { labelIn } from '../../locales/terms.ts'
import { likelihoodOf } from './model/likelihood.ts'

/** Texts for terms and their states, in the languages of terms and interface. */
export function useTermWords() {
  const { t, te, d, locale } = useI18n()
  const { settings, termLanguage } = useSettings()

  /** The words that every row needs, looked up once per language instead of once per row. */
  const fixed = computed(() => ({
    states: {
      open: t('record.state.open'),
      accepted: t('record.state.accepted'),
      rejected: t('record.state.rejected'),
      uncertain: t('record.state.uncertain')
    },
    likelihoods: {
      veryLikely: t('record.likelihood.veryLikely'),
      likely: t('record.likelihood.likely'),
      possible: t('record.likelihood.possible'),
      unlikely: t('record.likelihood.unlikely')
    },
    probable: t('record.certainty.probable'),
    guideTerm: t('record.guideTerm'),
    unofficial: t('record.unofficial'),
    reject: t('record.reject'),
    wasSuggested: t('record.wasSuggested'),
    decimal: new Intl.NumberFormat(locale.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  }))

  const labelOf = (labels: Labels): Label => labelIn(labels, termLanguage.value)
  const label = (term: Term): Label => labelOf(term.labels)
  const text = (term: Term): string => label(term).text
  const path = (term: Term): string => term.path.map((labels) => labelOf(labels).text).join(' › ')
  /** "2 of 3 models vote for it"; empty if there are none. */
  const votes = (of: readonly boolean[]): string =>
    of.length === 0 ? '' : t('record.votes', { n: of.filter(Boolean).length, of: of.length })
  /** Name of a member of the ensemble for people; its own name where the model brings another kind. */
  const member = (name: string): string => (te(`record.member.${name}`) ? t(`record.member.${name}`) : name)
  /** What the mark of an unofficial label says. */
  const unofficialHint = (term: Term): string => t('record.unofficialHint', { english: term.labels.en ?? '–' })
  /** Two decimals, as everywhere; a likelihood that would round to zero is "<0,01". */
  const probability = (value: number): string =>
    value > 0 && value < 0.005 ? `<${fixed.value.decimal.format(0.01)}` : fixed.value.decimal.format(value)
  const likelihood = (value: number): string => fixed.value.likelihoods[likelihoodOf(value)]
  const when = (iso: string): string => d(new Date(iso), 'day')

  /** Initials of a person, as they stand in a row; those that the person chose where it is the one at work. */
  const initials = (author: string): string =>
    (author === settings.value.person.name ? settings.value.person.initials : '') || initialsOf(author) || author

  /** State and certainty of a decision: "acceptat, probable". */
  const state = (annotation: Annotation | null): string => {
    const said = fixed.value.states[annotation?.state ?? 'open']
    return annotation?.state === 'accepted' && annotation.certainty === 'probable' ? `${said}, ${fixed.value.probable}` : said
  }

  /** The accessible text of a row (docs/interface.md, "Trees"): term, number, likelihood, state, origin. */
  const rowName = (
    text: string,
    assignable: boolean,
    digit: string | null,
    suggestion: Suggestion | null,
    annotation: Annotation | null
  ): string => {
    const parts = [text]
    if (!assignable) parts.push(fixed.value.guideTerm)
    if (digit !== null) parts.push(t('record.suggestionNumber', { digit }))
    if (suggestion !== null) parts.push(`${likelihood(suggestion.probability)} ${probability(suggestion.probability)}`)
    if (suggestion !== null || annotation !== null) parts.push(state(annotation))
    if (annotation !== null) parts.push(t('record.decidedBy', { person: annotation.author }))
    return parts.join(', ')
  }

  return {
    fixed,
    label,
    labelOf,
    text,
    path,
    votes,
    member,
    unofficialHint,
    probability,
    likelihood,
    when,
    initials,
    state,
    rowName,
    termLanguage
  }
}

export type TermWords = ReturnType<typeof useTermWords>
