import { readonly, shallowRef } from 'vue'

const spoken = shallowRef({ text: '', turn: 0 })

/**
 * Says something in the polite live region, for those who do not see the screen (docs/interface.md, "Keys"). The same
 * sentence twice is said twice.
 */
export function announce(text: string): void {
  spoken.value = { text, turn: spoken.value.turn + 1 }
}

/** What the live region of the frame holds. */
export const useAnnouncer = () => ({ spoken: readonly(spoken), announce })
