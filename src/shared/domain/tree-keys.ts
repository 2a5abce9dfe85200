import { cell, numberAt } from './cell.ts'
import { foldText } from './fold.ts'
import type { Opening, TreeView } from './tree-view.ts'
import { openSiblings, openingOf } from './tree-view.ts'
import { isBranch } from './tree.ts'
import type { TermKey } from '../model/term.ts'

/** What a key does to a tree: the node that has the focus afterwards, and the branches then open, if they change. */
export interface TreeStep {
  readonly focus: number
  readonly openings: ReadonlyMap<TermKey, Opening> | null
}

/**
 * The movement keys of the WAI-ARIA tree pattern as in docs/interface.md, "Trees", plus Shift+Right for "all children"
 * of a branch that is open towards suggestions only. Null for a key that is not of the tree.
 */
export function treeStep(view: TreeView, focused: number, key: string, shift: boolean): TreeStep | null {
  const { tree, rows, rowOf } = view
  const row = numberAt(rowOf, focused)
  const to = (next: number | undefined): TreeStep => ({ focus: next ?? focused, openings: null })
  const open = (opening: Opening): TreeStep => ({
    focus: focused,
    openings: new Map([...view.shape.openings, [cell(tree.key, focused), opening]])
  })
  switch (key) {
    case 'ArrowDown':
      return shift ? null : to(rows[row + 1])
    case 'ArrowUp':
      return shift ? null : to(rows[row - 1])
    case 'Home':
      return to(rows[0])
    case 'End':
      return to(rows.at(-1))
    case 'ArrowRight': {
      if (!isBranch(tree, focused)) return to(focused)
      const opening = openingOf(view, focused)
      if (opening === 'closed' || (shift && opening === 'towards')) return open('all')
      return shift ? to(focused) : to(rows[row + 1])
    }
    case 'ArrowLeft': {
      if (shift) return null
      if (isBranch(tree, focused) && openingOf(view, focused) !== 'closed') return open('closed')
      return to(numberAt(tree.parent, focused) < 0 ? focused : numberAt(tree.parent, focused))
    }
    case '*':
      return { focus: focused, openings: openSiblings(view, focused) }
    default:
      return null
  }
}

/** What a click on a branch's toggle does: show all children, then only the suggestions, or close. */
export function toggled(view: TreeView, node: number): Map<TermKey, Opening> {
  const leading = view.leads.get(node)?.length ?? 0
  // Where every child leads to a suggestion, "towards the suggestions" would show the same rows again.
  const some = leading > 0 && leading < numberAt(view.tree.setSize, node + 1)
  const next: Opening = openingOf(view, node) !== 'all' ? 'all' : some ? 'towards' : 'closed'
  return new Map([...view.shape.openings, [cell(view.tree.key, node), next]])
}

/**
 * Type-ahead: the next visible row whose label starts with what was typed. A first letter looks on from the row below the
 * focused one, further letters stay on it while it still fits. The focused node where nothing fits.
 */
export function typeAhead(view: TreeView, focused: number, typed: string, labelOf: (node: number) => string): number {
  const wanted = foldText(typed)
  const start = numberAt(view.rowOf, focused) + (wanted.length > 1 ? 0 : 1)
  for (let step = 0; step < view.rows.length; step++) {
    const node = numberAt(view.rows, (start + step) % view.rows.length)
    if (foldText(labelOf(node)).startsWith(wanted)) return node
  }
  return focused
}
