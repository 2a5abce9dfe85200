import type { Input } from 'electron'

/** Steps of the zoom, as browsers have them. */
const steps = [0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3]

export type ZoomStep = 'in' | 'out' | 'reset'

/** The zoom step for a key press: Ctrl (on macOS Cmd) with +, − or 0; null for every other key. */
export function zoomStepOf({ type, key, control, meta, alt }: Pick<Input, 'type' | 'key' | 'control' | 'meta' | 'alt'>): ZoomStep | null {
  if (type !== 'keyDown' || alt || control === meta) return null
  if (key === '+' || key === '=') return 'in'
  if (key === '-' || key === '_') return 'out'
  return key === '0' ? 'reset' : null
}

/** The zoom after a step from `zoom`. */
export function zoomAfter(zoom: number, step: ZoomStep): number {
  if (step === 'reset') return 1
  const further = step === 'in' ? steps.find((each) => each > zoom + 0.001) : steps.findLast((each) => each < zoom - 0.001)
  return further ?? zoom
}
