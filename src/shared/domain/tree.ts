import { cell, numberAt } from './cell.ts'
import type { Facet } from '../model/facet.ts'
import { facets, perFacet } from '../model/facet.ts'
import type { Labels, Term, TermKey, TreeColumns } from '../model/term.ts'

/**
 * The tree of one facet as columns in depth-first order. A node is a row number of these columns; the subtree of node n is
 * the run of rows from n up to, not including, `end[n]`, so its first child is n + 1 and the next child of a child c is `end[c]`.
 */
export interface FacetTree {
  readonly facet: Facet
  readonly size: number
  readonly key: readonly TermKey[]
  /** -1 for a top node. */
  readonly parent: Int32Array
  readonly end: Int32Array
  /** From 1, as aria-level counts. */
  readonly level: Int32Array
  /** Position among its siblings in the order of the vocabulary, from 1, and their number. */
  readonly position: Int32Array
  readonly setSize: Int32Array
  readonly labels: readonly Labels[]
  readonly assignable: readonly boolean[]
  readonly nodeOf: ReadonlyMap<TermKey, number>
}

/** A node as `facetTree` takes it: `parent` is an index into the same list, before this one, or -1. */
interface TreeEntry {
  key: TermKey
  parent: number
  labels: Labels
  assignable: boolean
}

function facetTree(facet: Facet, entries: readonly TreeEntry[]): FacetTree {
  const size = entries.length
  const parent = Int32Array.from(entries, (entry) => entry.parent)
  const end = new Int32Array(size)
  const level = new Int32Array(size)
  const position = new Int32Array(size)
  const setSize = new Int32Array(size)
  const children = new Int32Array(size + 1)
  for (let node = 0; node < size; node++) {
    const above = numberAt(parent, node)
    level[node] = above < 0 ? 1 : numberAt(level, above) + 1
    // Slot 0 counts the top nodes, slot n + 1 the children of node n.
    position[node] = children[above + 1] = numberAt(children, above + 1) + 1
    end[node] = node + 1
  }
  for (let node = size - 1; node >= 0; node--) {
    const above = numberAt(parent, node)
    setSize[node] = numberAt(children, above + 1)
    if (above >= 0 && numberAt(end, node) > numberAt(end, above)) end[above] = numberAt(end, node)
  }
  return {
    facet,
    size,
    key: entries.map((entry) => entry.key),
    parent,
    end,
    level,
    position,
    setSize,
    labels: entries.map((entry) => entry.labels),
    assignable: entries.map((entry) => entry.assignable),
    nodeOf: new Map(entries.map((entry, node) => [entry.key, node]))
  }
}

/** The trees of the four facets, from the columns that the core sends for all of them together. */
export function facetTrees(columns: TreeColumns): Record<Facet, FacetTree> {
  const entries = perFacet<TreeEntry[]>(() => [])
  const indexOfRow = new Int32Array(columns.key.length)
  columns.key.forEach((key, row) => {
    const list = entries[cell(columns.facet, row)]
    const above = cell(columns.parent, row)
    indexOfRow[row] = list.length
    list.push({
      key,
      parent: above < 0 ? -1 : numberAt(indexOfRow, above),
      labels: { ca: cell(columns.ca, row), en: cell(columns.en, row) },
      assignable: cell(columns.assignable, row)
    })
  })
  const trees = perFacet((facet) => facetTree(facet, []))
  for (const facet of facets) trees[facet] = facetTree(facet, entries[facet])
  return trees
}

/**
 * The tree with terms that it does not hold (AAT concepts found by search), each as the last child of the deepest node on its
 * path that the tree has, or as a top node at the end. The same tree where it holds them all; node numbers may change, keys do not.
 */
export function withTerms(tree: FacetTree, terms: readonly Term[]): FacetTree {
  const strangers = new Map(terms.filter((term) => !tree.nodeOf.has(term.key)).map((term) => [term.key, term]))
  if (strangers.size === 0) return tree
  const entries: TreeEntry[] = []
  const below = new Map<number, Term[]>()
  for (const term of strangers.values()) {
    const parent = deepestOn(tree, term.path)
    below.set(parent, [...(below.get(parent) ?? []), term])
  }
  const add = (node: number, parent: number): void => {
    const index = node < 0 ? -1 : entries.length
    if (node >= 0)
      entries.push({ key: cell(tree.key, node), parent, labels: cell(tree.labels, node), assignable: cell(tree.assignable, node) })
    for (const child of childrenOf(tree, node)) add(child, index)
    for (const { key, labels, assignable } of below.get(node) ?? []) entries.push({ key, parent: index, labels, assignable })
  }
  add(-1, -1)
  return facetTree(tree.facet, entries)
}

/** The deepest node that a path of labels leads to from the top; -1 where not even its first label is a top node. */
function deepestOn(tree: FacetTree, path: readonly Labels[]): number {
  let node = -1
  for (const { ca, en } of path) {
    const next = childrenOf(tree, node).find((child) => {
      const labels = cell(tree.labels, child)
      return labels.ca === ca && labels.en === en
    })
    if (next === undefined) break
    node = next
  }
  return node
}

/** Whether the node has narrower nodes. */
export function isBranch(tree: FacetTree, node: number): boolean {
  return numberAt(tree.end, node) > node + 1
}

/** The children of a node in the order of the vocabulary; -1 asks for the top nodes. */
export function childrenOf(tree: FacetTree, node: number): number[] {
  const children: number[] = []
  const end = node < 0 ? tree.size : numberAt(tree.end, node)
  for (let child = node + 1; child < end; child = numberAt(tree.end, child)) children.push(child)
  return children
}

/** The node and the nodes above it, from the top down. */
export function pathTo(tree: FacetTree, node: number): number[] {
  const path: number[] = []
  for (let at = node; at >= 0; at = numberAt(tree.parent, at)) path.unshift(at)
  return path
}
