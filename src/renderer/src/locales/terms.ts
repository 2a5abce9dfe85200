import { languages, type Language } from '../../../shared/model/facet.ts'
import type { Label, Labels } from '../../../shared/model/term.ts'

/**
 * The label in the language asked for, else in the next of ca and en; `language` tells which, for `lang` and the mark. A Catalan
 * label that no thesaurus has approved comes before an English one where Catalan is asked for.
 */
export function labelIn(labels: Labels, language: Language): Label {
  if (language === 'ca' && labels.ca === null && labels.unofficial !== undefined)
    return { text: labels.unofficial, language: 'ca', unofficial: true }
  for (const each of [language, ...languages]) {
    const text = labels[each]
    if (text !== null && text !== '') return { text, language: each }
  }
  throw new Error('a term without any label')
}
