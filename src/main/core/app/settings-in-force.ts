import type { Settings } from '../../../shared/model/settings.ts'
import type { SettingsStore } from '../settings/settings.ts'

/** The saved settings, overridden by those of this process. Later changes are saved and also apply here. */
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
