import { computed, onScopeDispose, shallowRef, watchEffect } from 'vue'
import { announce } from './useAnnouncer.ts'

/** How long an answer replaces the hint, in milliseconds. */
const answerStays = 6000

const hint = shallowRef('')
const answer = shallowRef('')
let fade: ReturnType<typeof setTimeout> | undefined

/** The right part of the status bar: the last answer while it is recent, else the keys of this screen. */
export const statusHint = computed(() => answer.value || hint.value)

/** Reports what a key or button did: in the status bar for a while, and in the live region (docs/interface.md, "Keys"). */
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
