import type { Language } from '../../../shared/model/facet.ts'
import type { ActionSummary } from '../../../shared/model/record.ts'
import { labelIn } from './terms.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string

/**
 * An action as the status bar and the history name it: "accepta «ceràmica»". Facets, states and terms stand in it in the
 * language of the reader; the core tells them as data.
 */
export function actionWords(action: ActionSummary, t: Translate, termLanguage: Language): string {
  const term = action.term === null ? '' : labelIn(action.term.labels, termLanguage).text
  const facet = action.facet === null ? '' : t(`frame.facet.${action.facet}`)
  const state = action.state ?? ''
  const counts = { n: action.objects, changes: action.changes }
  switch (action.kind) {
    case 'term':
      return t(`actions.term.${state || 'open'}`, { term })
    case 'facet':
      return t(`actions.facet.${state || 'open'}`, { facet })
    case 'replace':
      return t('actions.replace', { term })
    case 'rejectRest':
      return t('actions.rejectRest', { facet })
    case 'flag':
      return t(state === 'false' ? 'actions.unflag' : 'actions.flag')
    case 'note':
    case 'undo':
    case 'redo':
      return t(`actions.${action.kind}`)
    case 'field':
      return t('actions.field', { field: action.field ?? '' })
    case 'link':
      return t('actions.link', { ...counts, field: action.field ?? '' }, action.objects)
    case 'number':
      return state === '' ? t('actions.noNumber') : t('actions.number', { number: state })
    case 'renumber':
      return t('actions.renumber', { ...counts, pattern: state }, action.objects)
    case 'repoint':
      return t('actions.repoint', { ...counts, folder: state }, action.objects)
    case 'rule':
    case 'removeRun':
    case 'bringIn':
      return t(`actions.${action.kind}`, counts, action.objects)
  }
}
