import type { ErrorData } from '../errors.ts'
import type { Language } from '../model/facet.ts'
import { errorTables, type ErrorCode } from './error-tables.ts'
import { typeset } from './typeset.ts'

/** Replaces the names in braces by the values of `data`. A name without a value stays, so that the gap is seen. */
export function fill(text: string, data: ErrorData): string {
  return typeset(text).replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole))
}

/**
 * What a person is told about an error, in their language; for a code without a sentence the code itself. A value that
 * `inBothLanguages` gave is said in that language too.
 */
export function sentence(language: Language, code: string, data: ErrorData = {}): string {
  if (!isErrorCode(code)) return code
  const ending = `.${language}`
  const own = Object.entries(data).filter(([name]) => name.endsWith(ending))
  const values = [...Object.entries(data), ...own.map(([name, value]) => [name.slice(0, -ending.length), value] as const)]
  return fill(errorTables[language][code], Object.fromEntries(values.map(([name, value]) => [name, explained(language, value)])))
}

/** A value of a sentence that reads differently in each language, such as a term. */
export function inBothLanguages(name: string, values: Readonly<Record<Language, string>>): ErrorData {
  return Object.fromEntries(Object.entries(values).map(([language, value]) => [`${name}.${language}`, value]))
}

/** Whether there is a sentence for a code: one from elsewhere, such as the trainer's, may have none. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTables.ca, code)
}

/** A code of the operating system (EACCES) with the words for it; any other value as it is. */
function explained(language: Language, value: string | number): string | number {
  if (typeof value !== 'string' || !/^E[A-Z0-9]{2,}$/.test(value)) return value
  const reason = `system.reason.${value}`
  return isErrorCode(reason) ? `${typeset(errorTables[language][reason])}, ${value}` : value
}
