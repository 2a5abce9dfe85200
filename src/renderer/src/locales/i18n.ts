import { createI18n } from 'vue-i18n'
import { typeset } from '../../../shared/locales/typeset.ts'
import { languages, type Language } from '../../../shared/model/facet.ts'

/** Strings of the interface by feature: the file `interface/sheet.json` answers `t('sheet.…')`. */
type Strings = Record<string, Record<string, unknown>>

const files = import.meta.glob<Record<string, unknown>>('../../../shared/locales/*/interface/*.json', { eager: true, import: 'default' })

function stringsOf(language: Language): Strings {
  const strings: Strings = {}
  for (const [path, content] of Object.entries(files)) {
    const [, owner, feature] = /\/(\w+)\/interface\/([\w-]+)\.json$/.exec(path) ?? []
    if (owner === language && feature !== undefined) strings[feature] = typesetAll(content)
  }
  return strings
}

function typesetAll(strings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(strings).map(([key, value]) => [
      key,
      typeof value === 'string' ? typeset(value) : typesetAll(value as Record<string, unknown>)
    ])
  )
}

const number = {
  count: { useGrouping: 'always', maximumFractionDigits: 0 },
  rate: { useGrouping: 'always', maximumSignificantDigits: 2 },
  percent: { style: 'percent', maximumFractionDigits: 0 },
  decimal: { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  difference: { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' },
  loss: { maximumSignificantDigits: 3 }
} as const

/** Formats of dates in words of the language, `n()` for numbers, `d()` for dates. */
const date = { day: { dateStyle: 'medium' }, moment: { dateStyle: 'medium', timeStyle: 'short' } } as const

/** Creates the translations in both languages. Messages are interpreted, never compiled to code. */
export function createTranslations(language: Language = 'ca') {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'ca',
    messages: Object.fromEntries(languages.map((each) => [each, stringsOf(each)])) as Record<Language, Strings>,
    numberFormats: { ca: number, en: number },
    datetimeFormats: { ca: date, en: date }
  })
}

export const i18n = createTranslations()

/** The interface's translate function outside of components. */
export const translate = i18n.global.t as (key: string, named?: Record<string, unknown>, plural?: number) => string
