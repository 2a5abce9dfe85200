import type { Language } from '../../../../shared/model/facet.ts'

/** What a tree needs to show a node as a row: its spoken label, and whether it is checked (null: not checkable). */
export interface TreeRowFacts {
  readonly name: string
  readonly checked: boolean | null
  /** The language of its label where it is not that of the terms; the row then carries `lang`. */
  readonly lang: Language | null
}

/** Height of a row in CSS pixels (docs/interface.md, "Screens"). */
export const rowHeight = 24

/** Rows kept above and below those in view, so that scrolling shows no gaps. */
const overscan = 6

/**
 * The rows to hold in the document: those in view and a few around, and the focused one, which stays in the document even when
 * it is scrolled out of view (docs/interface.md, "Trees").
 */
export function rowsInDocument(count: number, scrollTop: number, height: number, focused: number): number[] {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan)
  const last = Math.min(count - 1, Math.ceil((scrollTop + height) / rowHeight) + overscan)
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  if (focused >= 0 && focused < count && (focused < first || focused > last)) {
    if (focused < first) rows.unshift(focused)
    else rows.push(focused)
  }
  return rows
}

/** Where to scroll so that a row is wholly in view, moving as little as possible. */
export function scrolledTo(row: number, scrollTop: number, height: number): number {
  const top = row * rowHeight
  if (top < scrollTop) return top
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop
}
