import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { languageSchema, type Language } from '../../shared/model/facet.ts'
import type { SettingsPatch } from '../../shared/model/settings.ts'
import type { SettingsStore } from './settings/settings.ts'

/** The saved settings with those of this process in front. What is set later is saved, and counts here from then on too. */
export function settingsInForce(saved: SettingsStore, ofThisProcess: SettingsPatch = {}): SettingsStore {
  let front: SettingsPatch = { ...ofThisProcess }
  return {
    get: () => ({ ...saved.get(), ...front }),
    async set(patch) {
      const settings = await saved.set(patch)
      front = Object.fromEntries(Object.entries(front).filter(([name]) => !(name in patch)))
      return { ...settings, ...front }
    }
  }
}

/** The language that a person chose for the window; null where nothing has been saved yet. Needs no running core. */
export async function savedLanguage(folder: string): Promise<Language | null> {
  try {
    const saved: unknown = JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))
    return languageSchema.parse((saved as { interfaceLanguage?: unknown }).interfaceLanguage)
  } catch {
    // Not there, or not to be understood: the core says so when it loads it.
    return null
  }
}
