import type { TermKey } from '../../../shared/model/term.ts'
import { facetOf, facets, type Facet } from '../../../shared/model/facet.ts'
import type { Thesaurus } from './thesaurus.ts'
import type { TreeNode, Trees } from './trees.ts'

/**
 * Where a term stands: a node of a tree (`row` among the nodes), or a row of the AAT seen in a facet. An AAT row that a
 * tree of the facet holds is always given as that node, so that a concept has one place, and one key, per facet.
 */
export type Place = { readonly node: TreeNode; readonly row: number } | { readonly node: null; readonly facet: Facet; readonly row: number }

const aatKey = /^[a-zA-Z]+\/aat:(3\d{8})$/

/** The ways between keys, places and AAT ids. */
export interface Places {
  /** Place of a key, null if no term has this key. */
  ofKey(key: TermKey): Place | null
  /** Place of an AAT row in a facet: the first tree node with its id, else the row; null if it is not of the facet. */
  ofRow(facet: Facet, row: number): Place | null
  keyOf(place: Place): TermKey
  /** The next place upwards, null at the top: the parent node; for an AAT row its first broader row within the facet. */
  above(place: Place): Place | null
}

export function createPlaces(trees: Trees, thesaurus: Thesaurus): Places {
  const ofNode = (row: number): Place | null => {
    const node = trees.nodes[row]
    return node === undefined ? null : { node, row }
  }
  const ofRow = (facet: Facet, row: number): Place | null => {
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
      const place = ofRow(facetOf(key), thesaurus.rowOf(Number(id)))
      return place?.node === null ? place : null
    },
    ofRow,
    keyOf: (place) => place.node?.key ?? `${facetOfPlace(place)}/aat:${thesaurus.idOf(place.row)}`,
    above(place) {
      if (place.node !== null) return ofNode(place.node.parent)
      if (isRoot(thesaurus.idOf(place.row), place.facet)) return null
      const above = thesaurus.broaderOf(place.row).find((row) => thesaurus.liesIn(row, place.facet))
      return above === undefined ? null : ofRow(place.facet, above)
    }
  }
}

export function facetOfPlace(place: Place): Facet {
  return place.node === null ? place.facet : place.node.facet
}

/** AAT rows at which the path of a term ends, since above them the AAT leaves the facet. */
const roots: Record<Facet, number> = { objectTypes: 300264092, materials: 300264091, disciplines: 300054134, subjects: 300191098 }

function isRoot(aatId: number, facet: Facet): boolean {
  return roots[facet] === aatId
}
