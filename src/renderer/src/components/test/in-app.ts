import PrimeVue from 'primevue/config'
import Tooltip from 'primevue/tooltip'
import type { Language } from '../../../../shared/model/facet.ts'
import { createTranslations } from '../../locales/i18n.ts'

/** Plugins and globals of the application, for `mount(…, { global: inApp('en') })`. */
export const inApp = (language: Language) => ({ plugins: [PrimeVue, createTranslations(language)], directives: { tooltip: Tooltip } })
