import { cell, numberAt } from './cell.ts'
import type { TermKey } from '../model/term.ts'
import { childrenOf, isBranch, type FacetTree } from './tree.ts'

/** How far a branch is open: not at all, towards the terms that matter for the object only, or with all its children. */
export type Opening = 'closed' | 'towards' | 'all'

/** What decides which rows of a tree show, and in which order. */
export interface TreeShape {
  /** The terms that matter for the object (suggested or decided), each with its position in line; the lowest comes first. */
  readonly order: ReadonlyMap<TermKey, number>
  /** What a person opened or closed during the visit. */
  readonly openings: ReadonlyMap<TermKey, Opening>
  /** Whole tree: every branch that nobody closed is open. Otherwise only the paths to the terms of `order` are. */
  readonly whole: boolean
}

/** The rows of a tree as they show one below the other. */
export interface TreeView {
  readonly tree: FacetTree
  readonly shape: TreeShape
  /** Nodes from the first visible row to the last. */
  readonly rows: Int32Array
  /** The visible row of a node, -1 where a closed branch hides it. */
  readonly rowOf: Int32Array
  /** Per node (and -1 for the top) the children that lead to a term of `order`, best first. */
  readonly leads: ReadonlyMap<number, readonly number[]>
}

/**
 * Flattens a tree: depth first; among siblings those that lead to terms of `order` come first, by their best term, then the
 * others as in the vocabulary. All top nodes show always, so that every branch can be reached. Runs in O(nodes shown).
 */
export function viewTree(tree: FacetTree, shape: TreeShape): TreeView {
  const leads = findLeads(tree, shape.order)
  const rows = new Int32Array(tree.size)
  const rowOf = new Int32Array(tree.size).fill(-1)
  let length = 0

  const add = (node: number): void => {
    rowOf[node] = length
    rows[length++] = node
    if (isBranch(tree, node)) addChildren(node, openingIn(tree, shape, leads, node))
  }
  const addChildren = (node: number, opening: Opening): void => {
    if (opening === 'closed') return
    const first = leads.get(node)
    first?.forEach(add)
    if (opening === 'towards') return
    const end = node < 0 ? tree.size : numberAt(tree.end, node)
    for (let child = node + 1; child < end; child = numberAt(tree.end, child)) if (!first?.includes(child)) add(child)
  }
  addChildren(-1, 'all')
  return { tree, shape, rows: rows.subarray(0, length), rowOf, leads }
}

/** How far a branch is open in this view. */
export function openingOf(view: TreeView, node: number): Opening {
  return openingIn(view.tree, view.shape, view.leads, node)
}

function openingIn(tree: FacetTree, shape: TreeShape, leads: ReadonlyMap<number, readonly number[]>, node: number): Opening {
  const wanted = shape.openings.size > 0 ? shape.openings.get(cell(tree.key, node)) : undefined
  const opening = wanted ?? (shape.whole ? 'all' : 'towards')
  if (opening !== 'towards') return opening
  const leading = leads.get(node)
  if (leading === undefined) return 'closed'
  return leading.length === tree.setSize[cell(leading, 0)] ? 'all' : 'towards'
}

/** The position of a node among all its siblings, from 1, in the order in which they show: what aria-posinset says. */
export function positionOf(view: TreeView, node: number): number {
  const siblings = view.leads.get(numberAt(view.tree.parent, node))
  const own = numberAt(view.tree.position, node)
  if (siblings === undefined) return own
  const leading = siblings.indexOf(node)
  if (leading >= 0) return leading + 1
  return own + siblings.filter((sibling) => numberAt(view.tree.position, sibling) > own).length
}

/** The node itself where it shows, else the nearest node above it that does (its top node always shows). */
export function visibleAncestor(view: TreeView, node: number): number {
  let at = node
  while (at >= 0 && numberAt(view.rowOf, at) < 0) at = numberAt(view.tree.parent, at)
  return at
}

/** The openings that make a node visible, beside those already there. */
export function reveal(view: TreeView, node: number): Map<TermKey, Opening> {
  const openings = new Map(view.shape.openings)
  for (let child = node, above = numberAt(view.tree.parent, node); above >= 0; child = above, above = numberAt(view.tree.parent, above)) {
    const leading = view.leads.get(above)?.includes(child) === true
    const opening = openingOf(view, above)
    if (opening === 'closed' && leading) openings.set(cell(view.tree.key, above), 'towards')
    else if (opening !== 'all' && !leading) openings.set(cell(view.tree.key, above), 'all')
  }
  return openings
}

/** The openings after `*`: every branch beside the node is open, as long as the siblings are not more than 200 rows. */
export function openSiblings(view: TreeView, node: number): Map<TermKey, Opening> {
  const openings = new Map(view.shape.openings)
  const siblings = childrenOf(view.tree, numberAt(view.tree.parent, node))
  if (siblings.length > 200) return openings
  for (const sibling of siblings)
    if (isBranch(view.tree, sibling) && numberAt(view.rowOf, sibling) >= 0) openings.set(cell(view.tree.key, sibling), 'all')
  return openings
}

/** Children that lead to terms of `order`, per parent, each list by the best position in line below the child. */
function findLeads(tree: FacetTree, order: ReadonlyMap<TermKey, number>): Map<number, number[]> {
  const best = new Map<number, number>()
  const bestOf = (node: number): number => best.get(node) ?? Infinity
  for (const [key, position] of order) {
    const node = tree.nodeOf.get(key)
    if (node === undefined) continue
    for (let at = node; at >= 0; at = numberAt(tree.parent, at)) best.set(at, Math.min(position, bestOf(at)))
  }
  const leads = new Map<number, number[]>()
  for (const node of best.keys()) {
    const above = numberAt(tree.parent, node)
    const siblings = leads.get(above)
    if (siblings) siblings.push(node)
    else leads.set(above, [node])
  }
  for (const siblings of leads.values()) siblings.sort((a, b) => bestOf(a) - bestOf(b) || a - b)
  return leads
}
