import type { Facet, Language } from '../../../shared/model/facet.ts'
import type { Labels, TermHit } from '../../../shared/model/term.ts'
import { exitCode } from '../exit-code.ts'
import type { Action, Run } from '../run.ts'

interface SearchChoices {
  readonly text: string
  readonly facet?: Facet
  readonly language?: Language
  readonly limit?: number
}

/** Default number of terms listed. */
const usual = 20

/** `search TEXT [--facet F] [--language ca|en]`: lists the terms that the window would find, in the same order. */
export const search: Action<SearchChoices> = (run, { text, facet = null, language, limit = usual }) =>
  run.withCore({}, async (core) => {
    const { termLanguage } = await core.call.settings.get()
    const wished = language ?? termLanguage
    const hits = await core.call.vocabulary.search({ query: text, facet, language: wished, limit })
    if (hits.length === 0) run.terminal.say(run.words('search.nothing', { text }))
    for (const hit of hits) run.terminal.say(lineOf(run, hit, wished))
    run.terminal.give(hits)
    return exitCode.done
  })

/** What matched, if it is not the label; the label and its path; the facet and the AAT number. */
function lineOf({ words }: Run, { term, matched }: TermHit, language: Language): string {
  const label = labelOf(term.labels, language)
  const marked = language === 'ca' && term.labels.ca === null && term.labels.unofficial !== undefined
  const name = marked ? words('search.unofficial', { label, english: term.labels.en ?? '' }) : label
  const path = term.path.map((labels) => labelOf(labels, language)).join(' › ')
  const facet = words(`facet.${term.facet}`)
  const line = words('search.line', { term: matched.text === label ? name : `${matched.text} → ${name}`, facet, path })
  return term.aatId === null ? line : `${line} · ${term.aatId}`
}

function labelOf({ ca, en, unofficial }: Labels, language: Language): string {
  const inOrder = language === 'ca' ? [ca, unofficial, en] : [en, ca]
  return inOrder.find((text) => text !== null && text !== undefined) ?? ''
}
