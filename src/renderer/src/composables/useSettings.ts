import { computed, shallowRef } from 'vue'
import type { Language } from '../../../shared/model/facet.ts'
import { defaultSettings, type Settings, type SettingsPatch } from '../../../shared/model/settings.ts'
import { api } from '../api/client.ts'
import { i18n } from '../locales/i18n.ts'
import { report } from './useMessages.ts'

const settings = shallowRef<Settings>(defaultSettings)
const termLanguage = computed<Language>(() => settings.value.termLanguage)

/** Applies the core's current settings to the page: language of the interface, theme. */
export function takeSettings(next: Settings): void {
  settings.value = next
  i18n.global.locale.value = next.interfaceLanguage
  document.documentElement.lang = next.interfaceLanguage
  document.documentElement.dataset['theme'] = next.theme
}

/** Changes settings at once on screen, then in the core; a change that the core refuses is reverted and reported. */
async function save(patch: SettingsPatch): Promise<void> {
  const before = settings.value
  takeSettings({ ...before, ...patch })
  try {
    takeSettings(await api.settings.set(patch))
  } catch (error) {
    takeSettings(before)
    report(error)
  }
}

const other = (language: Language): Language => (language === 'ca' ? 'en' : 'ca')

/** A person's settings. `settings` is read-only by habit: change it through `save`. */
export const useSettings = () => ({
  settings,
  termLanguage,
  save,
  switchTermLanguage: () => save({ termLanguage: other(settings.value.termLanguage) }),
  switchInterfaceLanguage: () => save({ interfaceLanguage: other(settings.value.interfaceLanguage) })
})
