import type { BundleSummary } from '../../../../shared/model/model.ts'
import { useSettings } from '../../composables/useSettings.ts'

/** Names models for people: title in the language of the interface, and version. */
export function useModelName() {
  const { settings } = useSettings()
  const title = (bundle: BundleSummary): string => bundle.title[settings.value.interfaceLanguage]
  return { title, modelName: (bundle: BundleSummary): string => `${title(bundle)} ${bundle.version}` }
}
