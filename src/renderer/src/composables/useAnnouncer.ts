import { readonly, shallowRef } from 'vue'

const spoken = shallowRef({ text: '', turn: 0 })

/**
 * Announces a text in the polite live region for screen readers (docs/interface.md, "Keys"). A repeated sentence is announced
 * again.
 */
export function announce(text: string): void {
  spoken.value = { text, turn: spoken.value.turn + 1 }
}

/** What the live region of the frame holds. */
export const useAnnouncer = () => ({ spoken: readonly(spoken), announce })
