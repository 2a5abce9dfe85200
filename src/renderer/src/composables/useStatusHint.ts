import { computed, onScopeDispose, shallowRef, watchEffect } from 'vue'
import { announce } from './useAnnouncer.ts'

/** How long an answer stays in the place of the hint, milliseconds. */
const answerStays = 6000

const hint = shallowRef('')
const answer = shallowRef('')
let fade: ReturnType<typeof setTimeout> | undefined

/** What the status bar says on its right: the last answer while it is new, else the keys of this screen. */
export const statusHint = computed(() => answer.value || hint.value)

/** Answers in words what a key or button did: in the status bar for a while, and in the live region (docs/interface.md, "Keys"). */
export function answerInWords(text: string): void {
  answer.value = text
  announce(text)
  clearTimeout(fade)
  fade = setTimeout(() => (answer.value = ''), answerStays)
}

/** Shows a hint in the status bar for as long as the component lives: `useStatusHint(() => t('record.hint'))`. */
export function useStatusHint(text: () => string): void {
  watchEffect(() => (hint.value = text()))
  onScopeDispose(() => (hint.value = ''))
}
