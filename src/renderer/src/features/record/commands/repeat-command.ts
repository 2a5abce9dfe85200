import { stateOf } from '../../../../../shared/domain/decided-record.ts'
import type { CommandContext } from './context.ts'
import type { FacetCommands } from './facet-commands.ts'
import type { TermCommands } from './term-commands.ts'

/** The command that repeats the last decision on this object. */
export function repeatCommand(context: CommandContext, facets: FacetCommands, terms: TermCommands) {
  const { t, words, say, last, decide, panelOf, recordVisit } = context
  const cannot = (): void => say(t('record.said.repeatCannot'))

  return (): void => {
    const decision = last.value
    if (decision === null) return say(t('record.said.repeatNothing'))
    context.rememberLast()
    switch (decision.kind) {
      case 'term': {
        const term = recordVisit.term(decision.term)
        if (term === null) return cannot()
        decide(decision)
        recordVisit.show(decision.term)
        return say(t('record.said.term', { term: words.text(term), state: t(`record.state.${decision.state}`) }))
      }
      case 'rejectRest':
        return facets.rejectRest(decision.facet)
      case 'facet':
        if (decision.state === 'open') return facets.reopenFacet(decision.facet)
        return decision.state === 'closed' ? facets.closeFacet(decision.facet) : facets.setFacet(decision.facet, decision.state)
      case 'flag':
        decide(decision)
        return say(t(decision.flagged ? 'record.said.flagged' : 'record.said.unflagged'))
      case 'replace': {
        const [from, to] = [recordVisit.term(decision.from), recordVisit.term(decision.to)]
        if (from === null || to === null || stateOf(panelOf(from.facet).record, from) !== 'accepted') return cannot()
        return terms.replace(from, to)
      }
      case 'note':
        return cannot()
    }
  }
}
