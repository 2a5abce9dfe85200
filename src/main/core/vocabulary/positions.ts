import type { TermKey } from '../../../shared/model/term.ts'
import { facetOf, facets, type Facet } from '../../../shared/model/facet.ts'
import type { Thesaurus } from './thesaurus.ts'
import type { TreeNode, Trees } from './trees.ts'

/**
 * Where a term stands: a node of a tree (`row` among the nodes), or a row of the AAT seen in a facet. An AAT row that a
 * tree of the facet holds is always given as that node, so that a concept has one position, and one key, per facet.
 */
export type Position =
  { readonly node: TreeNode; readonly row: number } | { readonly node: null; readonly facet: Facet; readonly row: number }

const aatKey = /^[a-zA-Z]+\/aat:(3\d{8})$/

/** The ways between keys, positions and AAT ids. */
export interface Positions {
  /** Position of a key, null if no term has this key. */
  ofKey(key: TermKey): Position | null
  /** Position of an AAT row in a facet: the first tree node with its id, else the row; null if it is not of the facet. */
  ofRow(facet: Facet, row: number): Position | null
  keyOf(position: Position): TermKey
  /** The next position upwards, null at the top: the parent node; for an AAT row its first broader row within the facet. */
  above(position: Position): Position | null
}

export function createPositions(trees: Trees, thesaurus: Thesaurus): Positions {
  const ofNode = (row: number): Position | null => {
    const node = trees.nodes[row]
    return node === undefined ? null : { node, row }
  }
  const ofRow = (facet: Facet, row: number): Position | null => {
    if (row < 0) return null
    const [first] = trees.rowsOfId(facet, thesaurus.idOf(row))
    if (first !== undefined) return ofNode(first)
    return thesaurus.liesIn(row, facet) ? { node: null, facet, row } : null
  }
  return {
    ofKey(key) {
      const row = trees.rowOfKey.get(key)
      if (row !== undefined) return ofNode(row)
      const id = aatKey.exec(key)?.[1]
      if (id === undefined || !facets.includes(key.slice(0, key.indexOf('/')) as Facet)) return null
      const position = ofRow(facetOf(key), thesaurus.rowOf(Number(id)))
      return position?.node === null ? position : null
    },
    ofRow,
    keyOf: (position) => position.node?.key ?? `${facetOfPosition(position)}/aat:${thesaurus.idOf(position.row)}`,
    above(position) {
      if (position.node !== null) return ofNode(position.node.parent)
      if (isRoot(thesaurus.idOf(position.row), position.facet)) return null
      const above = thesaurus.broaderOf(position.row).find((row) => thesaurus.liesIn(row, position.facet))
      return above === undefined ? null : ofRow(position.facet, above)
    }
  }
}

export function facetOfPosition(position: Position): Facet {
  return position.node === null ? position.facet : position.node.facet
}

/** AAT rows at which the path of a term ends, since above them the AAT leaves the facet. */
const roots: Record<Facet, number> = { objectTypes: 300264092, materials: 300264091, disciplines: 300054134, subjects: 300191098 }

function isRoot(aatId: number, facet: Facet): boolean {
  return roots[facet] === aatId
}
