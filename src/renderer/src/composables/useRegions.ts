/** Parts of the screen that F6 walks through: elements with `data-region`, in document order (docs/interface.md, "Keys"). */
const selector = '[data-region]'
const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])'

/** The last focus of each region, restored on return. */
const left = new WeakMap<Element, HTMLElement>()

/** Moves the focus to the next (1) or previous (-1) region of the screen. */
export function goToRegion(steps: 1 | -1, root: ParentNode = document): void {
  const regions = [...root.querySelectorAll<HTMLElement>(selector)].filter((region) => region.checkVisibility?.() ?? true)
  if (regions.length === 0) return
  const active = document.activeElement
  const here = regions.findLastIndex((region) => region.contains(active))
  if (here >= 0 && active instanceof HTMLElement) left.set(regions[here] as Element, active)
  const start = here < 0 && steps < 0 ? 0 : here
  const region = regions[(start + steps + regions.length) % regions.length]
  if (region !== undefined) enter(region)
}

function enter(region: HTMLElement): void {
  const last = left.get(region)
  const target = last !== undefined && region.contains(last) ? last : region.querySelector<HTMLElement>(focusable)
  if (target === null) region.tabIndex = -1
  ;(target ?? region).focus()
}
