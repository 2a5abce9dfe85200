import { languages, type Language } from '../../../shared/model/facet.ts'
import type { Label, Labels } from '../../../shared/model/term.ts'

/** The label in the language asked for, else in the next of ca and en; `language` tells which, for `lang` and the mark. */
export function labelIn(labels: Labels, language: Language): Label {
  for (const each of [language, ...languages]) {
    const text = labels[each]
    if (text !== null && text !== '') return { text, language: each }
  }
  throw new Error('a term without any label')
}
