import { onScopeDispose, shallowRef, watchEffect } from 'vue'

const hint = shallowRef('')

/** What the status bar says on its right about the keys of this screen. */
export const statusHint = hint

/** Shows a hint in the status bar for as long as the component lives: `useStatusHint(() => t('record.hint'))`. */
export function useStatusHint(text: () => string): void {
  watchEffect(() => (hint.value = text()))
  onScopeDispose(() => (hint.value = ''))
}
