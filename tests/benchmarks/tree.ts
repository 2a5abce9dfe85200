/**
 * How long a tree of 60,000 terms takes to open and close a branch, beside a bare walk over all its nodes in the same run.
 *   node tests/benchmarks/tree.ts
 * Prints one JSON object; milliseconds, the best of five rounds for each press.
 */
import type { TreeColumns } from '../../src/shared/model/term.ts'
import { facetTrees, type FacetTree } from '../../src/shared/domain/tree.ts'
import { toggled } from '../../src/shared/domain/tree-keys.ts'
import { viewTree } from '../../src/shared/domain/tree-view.ts'

const presses = 40
const rounds = 5

/** Paths of 32 top terms with three levels of twelve below each, in depth-first order. */
function paths(): string[] {
  const all: string[] = []
  const grow = (path: string, depth: number): void => {
    all.push(path)
    if (depth > 0) for (let child = 0; child < 12; child++) grow(`${path} | ${child}`, depth - 1)
  }
  for (let top = 0; top < 32; top++) grow(`objectTypes/${top}`, 3)
  return all
}

function columnsOf(key: readonly string[]): TreeColumns {
  const position = new Map(key.map((path, row) => [path, row]))
  return {
    key: [...key],
    facet: key.map(() => 'objectTypes'),
    parent: key.map((path) => position.get(path.slice(0, Math.max(0, path.lastIndexOf(' | ')))) ?? -1),
    ca: [...key],
    en: [...key],
    aatId: key.map(() => null),
    match: key.map(() => 'verified'),
    assignable: key.map(() => true)
  }
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** Opens and closes a branch forty times. */
function pressKeys(tree: FacetTree, keys: readonly string[]): number[] {
  const order = new Map(Array.from({ length: 10 }, (_, rank) => [keys[(rank * 5953) % keys.length] ?? '', rank]))
  let view = viewTree(tree, { order, openings: new Map(), whole: true })
  return Array.from({ length: presses }, (_, press) =>
    timed(() => {
      view = viewTree(tree, { ...view.shape, openings: toggled(view, view.rows[(press * 3) % 50] ?? 0) })
    })
  )
}

/** Visits every node below its parent, with nothing done to it. */
function walk(children: readonly (readonly number[])[], roots: readonly number[]): number {
  let visited = 0
  const stack = [...roots]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    visited++
    stack.push(...(children[node] ?? []))
  }
  return visited
}

const keys = paths()
const tree = facetTrees(columnsOf(keys)).objectTypes
const children: number[][] = keys.map(() => [])
const roots: number[] = []
tree.parent.forEach((parent, node) => (children[parent] ?? roots).push(node))

const all = Array.from({ length: rounds }, () => pressKeys(tree, keys))
const best = Array.from({ length: presses }, (_, press) => Math.min(...all.map((round) => round[press] ?? Infinity))).sort((a, b) => a - b)
const bare = Math.min(
  ...Array.from({ length: 4 * rounds }, () =>
    timed(() => {
      if (walk(children, roots) !== tree.size) throw new Error('the walk is wrong')
    })
  )
)
const p95 = best[Math.floor(0.95 * presses) - 1] ?? NaN
console.log(JSON.stringify({ nodes: tree.size, p50: best[presses / 2], p95, bareWalk: bare, ratio: p95 / bare }, null, 2))
