import { shallowRef } from 'vue'

/** The windows over the page that any screen may open. */
export type Overlay = 'keys' | 'settings' | 'about' | 'manual' | 'backups' | 'findMoved'

const shown = shallowRef<Overlay | null>(null)

/** Which of the frame's windows is open; at most one. */
export const useOverlays = () => ({
  shown,
  open: (overlay: Overlay) => (shown.value = overlay),
  close: () => (shown.value = null)
})
