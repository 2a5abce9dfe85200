import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from 'electron'
import type { Language } from '../../shared/model/facet.ts'
import { appOrigin } from './origin.ts'

/** Where systems keep dictionaries in Chromium's format (Debian's hunspell-ca and others install one). */
const folders = ['/usr/share/hunspell-bdic', '/usr/local/share/hunspell-bdic']

/** Names of a dictionary there, the name of Chromium's language, and the name of the file in which Chromium looks for it. */
const dictionaries: Record<Language, { sources: readonly string[]; code: string; file: string }> = {
  ca: { sources: ['ca.bdic', 'ca_ES.bdic', 'ca-ES.bdic'], code: 'ca', file: 'ca-ES-3-0.bdic' },
  en: { sources: ['en_GB.bdic', 'en-GB.bdic'], code: 'en-GB', file: 'en-GB-10-1.bdic' }
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    if ((await stat(path).catch(() => null))?.isFile() === true) return path
  }
  return null
}

/**
 * Checks the spelling where people write, in the language of the interface, if this machine has a dictionary for it. Elsewhere
 * nothing is checked: Chromium would fetch a dictionary. macOS has a checker of its own.
 */
export async function checkSpelling(
  session: Pick<Session, 'setSpellCheckerDictionaryDownloadURL' | 'setSpellCheckerLanguages' | 'setSpellCheckerEnabled'>,
  profile: string,
  language: Language
): Promise<boolean> {
  if (process.platform === 'darwin') return true
  // SECURITY: a missing dictionary is requested from an address of our own that serves nothing.
  session.setSpellCheckerDictionaryDownloadURL(`${appOrigin}/no-dictionaries/`)
  const { sources, code, file } = dictionaries[language]
  const found = await firstFile(folders.flatMap((folder) => sources.map((name) => join(folder, name))))
  session.setSpellCheckerEnabled(found !== null)
  if (found === null) return false
  const target = join(profile, 'Dictionaries')
  await mkdir(target, { recursive: true })
  await copyFile(found, join(target, file))
  session.setSpellCheckerLanguages([code])
  return true
}
