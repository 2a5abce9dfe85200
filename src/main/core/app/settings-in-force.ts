import type { Settings } from '../../../shared/model/settings.ts'
import type { SettingsStore } from '../settings/settings.ts'

/** The saved settings with those of this process in front. What is set later is saved, and counts here from then on too. */
export function settingsInForce(saved: SettingsStore, ofThisProcess: Partial<Settings> = {}): SettingsStore {
  let front: Partial<Settings> = { ...ofThisProcess }
  return {
    get: () => ({ ...saved.get(), ...front }),
    async set(patch) {
      const settings = await saved.set(patch)
      front = Object.fromEntries(Object.entries(front).filter(([name]) => !(name in patch)))
      return { ...settings, ...front }
    }
  }
}
