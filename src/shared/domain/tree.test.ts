import { describe, expect, it } from 'vitest'
import type { Term, TreeColumns } from '../model/term.ts'
import { childrenOf, facetTrees, isBranch, pathTo, withTerms } from './tree.ts'
import { treeStep, typeAhead, toggled } from './tree-keys.ts'
import { openingOf, positionOf, reveal, viewTree, visibleAncestor, type TreeShape, type TreeView } from './tree-view.ts'

/** Columns from paths such as `materials/metall | bronze`, in depth-first order. */
function columns(keys: readonly string[]): TreeColumns {
  return {
    key: [...keys],
    facet: keys.map((key) => (key.startsWith('materials') ? 'materials' : 'objectTypes')),
    parent: keys.map((key) => keys.indexOf(key.slice(0, Math.max(0, key.lastIndexOf(' | '))))),
    ca: keys.map((key) => (key.endsWith('watch cap') ? null : key.split(/\/| \| /).at(-1)!)),
    en: keys.map((key) => `en ${key.split(/\/| \| /).at(-1)!}`),
    aatId: keys.map(() => null),
    match: keys.map(() => 'verified'),
    assignable: keys.map(() => true)
  }
}

const keys = [
  'objectTypes/arma',
  'objectTypes/contenidor',
  'objectTypes/contenidor | atuell',
  'objectTypes/contenidor | atuell | gerro',
  'objectTypes/contenidor | atuell | olla',
  'objectTypes/contenidor | atuell | pot',
  'objectTypes/contenidor | caixa',
  'objectTypes/moble',
  'objectTypes/moble | cadira',
  'objectTypes/watch cap',
  'materials/argila',
  'materials/argila | ceràmica'
]
const trees = facetTrees(columns(keys))
const tree = trees.objectTypes
const nodeOf = (name: string): number => tree.nodeOf.get(tree.key.find((key) => key.endsWith(name))!)!

function shaped(shape: Partial<TreeShape> = {}): TreeShape {
  return { order: new Map(), openings: new Map(), whole: false, ...shape }
}
const order = new Map([
  ['objectTypes/contenidor | atuell | pot', 0],
  ['objectTypes/moble', 1],
  ['objectTypes/contenidor | atuell | gerro', 2]
])
const labelOf = (node: number): string => tree.labels[node]!.ca ?? tree.labels[node]!.en!
const names = (view: TreeView): string[] => [...view.rows].map(labelOf)

describe('facetTrees', () => {
  it('splits the columns by facet and counts levels and siblings over the whole tree', () => {
    expect(tree.size).toBe(10)
    expect(trees.materials.key).toEqual(keys.slice(10))
    expect(trees.materials.parent).toEqual(Int32Array.of(-1, 0))
    const pot = nodeOf('| pot')
    expect([tree.level[pot], tree.position[pot], tree.setSize[pot]]).toEqual([3, 3, 3])
    expect(tree.setSize[nodeOf('arma')]).toBe(4)
    expect(childrenOf(tree, nodeOf('contenidor')).map((node) => tree.key[node])).toEqual([keys[2], keys[6]])
    expect(pathTo(tree, pot).map((node) => tree.key[node])).toEqual([keys[1], keys[2], keys[5]])
    expect(isBranch(tree, nodeOf('moble'))).toBe(true)
    expect(isBranch(tree, pot)).toBe(false)
  })

  it('adds terms from outside below the deepest node of their path, else as top nodes at the end', () => {
    const outside = (key: string, ...path: string[]): Term => ({
      key,
      facet: 'objectTypes',
      aatId: '1',
      labels: { ca: null, en: key },
      path: [...path.map((name) => ({ ca: name, en: `en ${name}` })), { ca: null, en: key }],
      assignable: true
    })
    const [ewer, guided, lost] = [
      outside('objectTypes/aat:1', 'contenidor', 'atuell'),
      outside('objectTypes/aat:2', 'contenidor', '<by form>'),
      outside('objectTypes/aat:3', 'elsewhere')
    ]
    const wider = withTerms(tree, [ewer!, guided!, lost!])
    expect(wider.key.filter((key) => !key.includes('aat:'))).toEqual(tree.key)
    const parentOf = (term: Term): string | undefined => wider.key[wider.parent[wider.nodeOf.get(term.key)!]!]
    expect([parentOf(ewer!), parentOf(guided!), parentOf(lost!)]).toEqual([
      'objectTypes/contenidor | atuell',
      'objectTypes/contenidor',
      undefined
    ])
    expect(wider.key.at(-1)).toBe('objectTypes/aat:3')
    expect(wider.setSize[0]).toBe(5)
    expect(withTerms(wider, [ewer!, lost!])).toBe(wider)
  })
})

describe('viewTree', () => {
  it('opens towards the terms that matter, best branch first, and keeps every other top branch in reach', () => {
    const view = viewTree(tree, shaped({ order }))
    expect(names(view)).toEqual(['contenidor', 'atuell', 'pot', 'gerro', 'moble', 'arma', 'en watch cap'])
    expect(openingOf(view, nodeOf('atuell'))).toBe('towards')
    expect(openingOf(view, nodeOf('moble'))).toBe('closed')
  })

  it('counts a row among all its siblings, in the order in which they show', () => {
    const view = viewTree(tree, shaped({ order }))
    expect([...view.rows].map((node) => positionOf(view, node))).toEqual([1, 1, 1, 2, 2, 3, 4])
    const all = viewTree(tree, shaped({ order, whole: true }))
    const atuell = [...all.rows].filter((node) => tree.parent[node] === nodeOf('atuell'))
    expect(atuell.map((node) => [tree.key[node]!.split(' | ').at(-1), positionOf(all, node)])).toEqual([
      ['pot', 1],
      ['gerro', 2],
      ['olla', 3]
    ])
  })

  it('shows every node of the whole tree', () => {
    expect(viewTree(tree, shaped({ order, whole: true })).rows).toHaveLength(tree.size)
    expect(viewTree(tree, shaped({ whole: true })).rows).toEqual(Int32Array.from({ length: tree.size }, (_, node) => node))
  })

  it('goes from suggestions to all children and back with the sign of a branch', () => {
    const view = viewTree(tree, shaped({ order }))
    const opened = viewTree(tree, shaped({ order, openings: toggled(view, nodeOf('atuell')) }))
    expect(names(opened).slice(0, 5)).toEqual(['contenidor', 'atuell', 'pot', 'gerro', 'olla'])
    const back = viewTree(tree, shaped({ order, openings: toggled(opened, nodeOf('atuell')) }))
    expect(names(back)).toEqual(names(view))
    const plain = toggled(viewTree(tree, shaped()), nodeOf('moble'))
    expect(toggled(viewTree(tree, shaped({ openings: plain })), nodeOf('moble')).get('objectTypes/moble')).toBe('closed')
  })

  it('gives the focus of a hidden row to its nearest visible ancestor', () => {
    const view = viewTree(tree, shaped({ order, openings: new Map([['objectTypes/contenidor', 'closed']]) }))
    expect(visibleAncestor(view, nodeOf('| pot'))).toBe(nodeOf('contenidor'))
  })

  it('reveals a hidden node and opens no more than it needs', () => {
    const view = viewTree(tree, shaped({ order }))
    const openings = reveal(view, nodeOf('| olla'))
    expect([...openings]).toEqual([['objectTypes/contenidor | atuell', 'all']])
    expect(viewTree(tree, shaped({ order, openings })).rowOf[nodeOf('| olla')]).toBe(4)
  })
})

describe('treeStep', () => {
  const view = viewTree(tree, shaped({ order }))
  const step = (name: string, key: string, shift = false) => treeStep(view, nodeOf(name), key, shift)

  it('moves over the visible rows and stops at both ends', () => {
    expect(step('arma', 'ArrowDown')!.focus).toBe(nodeOf('watch cap'))
    expect(step('watch cap', 'ArrowDown')!.focus).toBe(nodeOf('watch cap'))
    expect(step('contenidor', 'ArrowUp')!.focus).toBe(nodeOf('contenidor'))
    expect(step('moble', 'Home')!.focus).toBe(nodeOf('contenidor'))
    expect(step('moble', 'End')!.focus).toBe(nodeOf('watch cap'))
  })

  it('opens with Right, then goes to the first child; a leaf stays', () => {
    expect([...step('moble', 'ArrowRight')!.openings!]).toEqual([['objectTypes/moble', 'all']])
    expect(step('contenidor', 'ArrowRight')).toEqual({ focus: nodeOf('atuell'), openings: null })
    expect(step('| pot', 'ArrowRight')).toEqual({ focus: nodeOf('| pot'), openings: null })
  })

  it('shuts with Left, then goes to the parent', () => {
    expect([...step('atuell', 'ArrowLeft')!.openings!]).toEqual([['objectTypes/contenidor | atuell', 'closed']])
    expect(step('| pot', 'ArrowLeft')).toEqual({ focus: nodeOf('atuell'), openings: null })
    expect(step('arma', 'ArrowLeft')!.focus).toBe(nodeOf('arma'))
  })

  it('shows all children of a branch that is open towards suggestions with Shift+Right', () => {
    expect(step('atuell', 'ArrowRight', true)!.openings!.get('objectTypes/contenidor | atuell')).toBe('all')
  })

  it('opens all siblings with * and leaves other keys alone', () => {
    expect([...step('arma', '*')!.openings!.keys()]).toEqual(['objectTypes/contenidor', 'objectTypes/moble'])
    expect(step('arma', 'j')).toBeNull()
  })

  it('jumps by the first letters, without accents and case', () => {
    expect(typeAhead(view, nodeOf('contenidor'), 'M', labelOf)).toBe(nodeOf('moble'))
    expect(typeAhead(view, nodeOf('moble'), 'àr', labelOf)).toBe(nodeOf('arma'))
    expect(typeAhead(view, nodeOf('moble'), 'zz', labelOf)).toBe(nodeOf('moble'))
  })
})
