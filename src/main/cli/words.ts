import { fill } from '../../shared/locales/errors.ts'
import type { ErrorData } from '../../shared/errors.ts'
import type { Language } from '../../shared/model/facet.ts'
import ca from '../../shared/locales/ca/cli.json' with { type: 'json' }
import en from '../../shared/locales/en/cli.json' with { type: 'json' }

export type WordKey = keyof typeof ca

/** The command line's own texts in one language. */
export type Words = (key: WordKey, data?: ErrorData) => string

// The type annotation checks that both languages have the same texts.
const tables: Record<Language, Record<WordKey, string>> = { ca, en }

export function wordsIn(language: Language): Words {
  return (key, data = {}) => fill(language, tables[language][key], data)
}
