import type { ErrorData } from '../errors.ts'
import type { Language } from '../model/facet.ts'
import caAnnotation from './ca/errors/annotation.json' with { type: 'json' }
import caBundle from './ca/errors/bundle.json' with { type: 'json' }
import caCatalogue from './ca/errors/catalogue.json' with { type: 'json' }
import caCli from './ca/errors/cli.json' with { type: 'json' }
import caImport from './ca/errors/import.json' with { type: 'json' }
import caInference from './ca/errors/inference.json' with { type: 'json' }
import caExport from './ca/errors/export.json' with { type: 'json' }
import caTraining from './ca/errors/training.json' with { type: 'json' }
import caSystem from './ca/errors/system.json' with { type: 'json' }
import caVocabulary from './ca/errors/vocabulary.json' with { type: 'json' }
import caJobs from './ca/errors/jobs.json' with { type: 'json' }
import caPage from './ca/errors/page.json' with { type: 'json' }
import caRemote from './ca/errors/remote.json' with { type: 'json' }
import caServer from './ca/errors/server.json' with { type: 'json' }
import caSettings from './ca/errors/settings.json' with { type: 'json' }
import caShell from './ca/errors/shell.json' with { type: 'json' }
import enAnnotation from './en/errors/annotation.json' with { type: 'json' }
import enBundle from './en/errors/bundle.json' with { type: 'json' }
import enCatalogue from './en/errors/catalogue.json' with { type: 'json' }
import enCli from './en/errors/cli.json' with { type: 'json' }
import enImport from './en/errors/import.json' with { type: 'json' }
import enInference from './en/errors/inference.json' with { type: 'json' }
import enExport from './en/errors/export.json' with { type: 'json' }
import enTraining from './en/errors/training.json' with { type: 'json' }
import enSystem from './en/errors/system.json' with { type: 'json' }
import enVocabulary from './en/errors/vocabulary.json' with { type: 'json' }
import enJobs from './en/errors/jobs.json' with { type: 'json' }
import enPage from './en/errors/page.json' with { type: 'json' }
import enRemote from './en/errors/remote.json' with { type: 'json' }
import enServer from './en/errors/server.json' with { type: 'json' }
import enSettings from './en/errors/settings.json' with { type: 'json' }
import enShell from './en/errors/shell.json' with { type: 'json' }
import { typeset } from './typeset.ts'

/** Sentences of every error code, per language. Each area keeps a file of its own beside this one and is joined here. */
export const errorSentences: Record<Language, Record<string, string>> = {
  ca: {
    ...caServer,
    ...caRemote,
    ...caPage,
    ...caCli,
    ...caShell,
    ...caAnnotation,
    ...caCatalogue,
    ...caJobs,
    ...caSettings,
    ...caBundle,
    ...caImport,
    ...caInference,
    ...caExport,
    ...caTraining,
    ...caVocabulary,
    ...caSystem
  },
  en: {
    ...enServer,
    ...enRemote,
    ...enPage,
    ...enCli,
    ...enShell,
    ...enAnnotation,
    ...enCatalogue,
    ...enJobs,
    ...enSettings,
    ...enBundle,
    ...enImport,
    ...enInference,
    ...enExport,
    ...enTraining,
    ...enVocabulary,
    ...enSystem
  }
}

/** Replaces the names in braces by the values of `data`. A name without a value stays, so that the gap is seen. */
export function fill(text: string, data: ErrorData): string {
  return typeset(text).replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole))
}

/**
 * What a person is told about an error, in their language; for a code without a sentence the code itself. A value that
 * `inBothLanguages` gave is said in that language too.
 */
export function sentence(language: Language, code: string, data: ErrorData = {}): string {
  const text = errorSentences[language][code]
  if (text === undefined) return code
  const ending = `.${language}`
  const own = Object.entries(data).filter(([name]) => name.endsWith(ending))
  const values = [...Object.entries(data), ...own.map(([name, value]) => [name.slice(0, -ending.length), value] as const)]
  return fill(text, Object.fromEntries(values.map(([name, value]) => [name, explained(language, value)])))
}

/** A value of a sentence that reads differently in each language, such as a term. */
export function inBothLanguages(name: string, values: Readonly<Record<Language, string>>): ErrorData {
  return Object.fromEntries(Object.entries(values).map(([language, value]) => [`${name}.${language}`, value]))
}

/** A code of the operating system (EACCES) with the words for it; any other value as it is. */
function explained(language: Language, value: string | number): string | number {
  if (typeof value !== 'string' || !/^E[A-Z0-9]{2,}$/.test(value)) return value
  const words = errorSentences[language][`system.reason.${value}`]
  return words === undefined ? value : `${typeset(words)}, ${value}`
}
