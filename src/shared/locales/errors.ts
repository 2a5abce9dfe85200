import type { ErrorData } from '../errors.ts'
import type { Language } from '../model/facet.ts'
import { errorTables, type ErrorCode } from './error-tables.ts'
import { typeset } from './typeset.ts'

/**
 * Replaces `{name}` by the value of `data`, and `{name|# object|# objects}` by the form that the number needs in the language,
 * with the number in place of `#`. A name without a value stays in braces, so that the gap is visible.
 */
export function fill(language: Language, text: string, data: ErrorData): string {
  return typeset(text).replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = data[name]
    if (value === undefined) return whole
    if (one === undefined || other === undefined) return String(value)
    return (plurals[language].select(Number(value)) === 'one' ? one : other).replace('#', String(value))
  })
}

const plurals: Record<Language, Intl.PluralRules> = { ca: new Intl.PluralRules('ca'), en: new Intl.PluralRules('en') }

/**
 * The sentence of an error in a language; the code itself if it has no sentence. Values made by `inBothLanguages` are in that
 * language too.
 */
export function sentence(language: Language, code: string, data: ErrorData = {}): string {
  if (!isErrorCode(code)) return code
  const ending = `.${language}`
  const own = Object.entries(data).filter(([name]) => name.endsWith(ending))
  const values = [...Object.entries(data), ...own.map(([name, value]) => [name.slice(0, -ending.length), value] as const)]
  return fill(language, errorTables[language][code], Object.fromEntries(values.map(([name, value]) => [name, explained(language, value)])))
}

/** A value of a sentence that reads differently in each language, such as a term. */
export function inBothLanguages(name: string, values: Readonly<Record<Language, string>>): ErrorData {
  return Object.fromEntries(Object.entries(values).map(([language, value]) => [`${name}.${language}`, value]))
}

/** Whether a code has a sentence; codes from elsewhere, such as the trainer's, may have none. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTables.ca, code)
}

/** An error code of the operating system (EACCES) with its explanation; other values unchanged. */
function explained(language: Language, value: string | number): string | number {
  if (typeof value !== 'string' || !/^E[A-Z0-9]{2,}$/.test(value)) return value
  const reason = `system.reason.${value}`
  return isErrorCode(reason) ? `${typeset(errorTables[language][reason])}, ${value}` : value
}
