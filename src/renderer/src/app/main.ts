import './no-eval.ts'
import { createApp } from 'vue'
import PrimeVue from 'primevue/config'
import ToastService from 'primevue/toastservice'
import Tooltip from 'primevue/tooltip'
import { startKeys } from '../composables/useKeys.ts'
import { errorSentence, tell } from '../composables/useMessages.ts'
import { i18n } from '../locales/i18n.ts'
import { preset } from '../styles/preset.ts'
import '../styles/base.css'
import App from './App.vue'
import { startDesktop } from './desktop.ts'
import { createScreens } from './router.ts'
import { startSession } from './session.ts'

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

const app = createApp(App)
// Unexpected errors are shown, never swallowed; the details go to the console.
app.config.errorHandler = (error) => {
  tell('problem', errorSentence('page.bug', { detail: error instanceof Error ? error.message : String(error) }))
  reportError(error)
}
app.use(PrimeVue, { theme: { preset, options: { cssLayer: false, darkModeSelector: 'none' } }, csp: { nonce } })
app.use(ToastService)
app.directive('tooltip', Tooltip)
app.use(i18n)
await startSession()
const router = createScreens()
app.use(router)
app.mount('#app')
startKeys()
startDesktop(router)
