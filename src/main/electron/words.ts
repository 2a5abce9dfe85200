import type { Language } from '../../shared/model/facet.ts'
import ca from '../../shared/locales/ca/desktop.json' with { type: 'json' }
import en from '../../shared/locales/en/desktop.json' with { type: 'json' }

export type DesktopWordKey = keyof typeof ca

// The type annotation checks that both languages have the same texts.
const tables: Record<Language, Record<DesktopWordKey, string>> = { ca, en }

/** Texts that the desktop shell shows itself, in one language. */
export const desktopWordsIn =
  (language: Language) =>
  (key: DesktopWordKey): string =>
    tables[language][key]
