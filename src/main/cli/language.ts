import type { Language } from '../../shared/model/facet.ts'
import { languageSchema } from '../../shared/model/facet-schema.ts'

/**
 * The language before arguments are parsed: that of `--lang`, else the one saved in the settings, else English if the system's
 * language is English, else Catalan.
 */
export function chooseLanguage(args: readonly string[], saved: Language | null, env: NodeJS.ProcessEnv): Language {
  const asked = args.flatMap((arg, index) => (arg === '--lang' ? [args[index + 1]] : arg.startsWith('--lang=') ? [arg.slice(7)] : []))
  const known = languageSchema.safeParse(asked.at(-1))
  if (known.success) return known.data
  if (saved !== null) return saved
  const system = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return /^en(_|-|\.|$)/i.test(system) ? 'en' : 'ca'
}
