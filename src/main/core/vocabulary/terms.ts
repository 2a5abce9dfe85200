import type { Labels, Term, TermDetail, TermKey } from '../../../shared/model/term.ts'
import { facets } from '../../../shared/model/facet.ts'
import { facetOfPlace, type Place, type Places } from './places.ts'
import type { Thesaurus } from './thesaurus.ts'
import type { Trees } from './trees.ts'

/** Terms made from their places. */
export interface Terms {
  labels(place: Place): Labels
  /** From the root of the facet down to the place itself. */
  path(place: Place): Place[]
  assignable(place: Place): boolean
  aatId(place: Place): number
  term(place: Place): Term
  detail(place: Place): TermDetail
}

export function createTerms(trees: Trees, thesaurus: Thesaurus, places: Places): Terms {
  /** AAT row of a place, -1 for a node without id. */
  const rowOfPlace = (place: Place): number => (place.node === null ? place.row : thesaurus.rowOf(place.node.aatId))

  /** Catalan labels by AAT id: a row that only a tree of another facet holds is the same concept, so has the same label. */
  const catalan = new Map<number, string>()
  for (const node of trees.nodes) if (node.ca !== null && !catalan.has(node.aatId)) catalan.set(node.aatId, node.ca)
  const catalanOf = (row: number): string | null => catalan.get(thesaurus.idOf(row)) ?? null

  const labels = (place: Place): Labels => {
    if (place.node !== null) return { ca: place.node.ca, en: place.node.en }
    const label = thesaurus.labelOf(place.row) ?? `AAT ${thesaurus.idOf(place.row)}`
    return { ca: catalanOf(place.row), en: thesaurus.typeOf(place.row) === 'guide' ? `<${label}>` : label }
  }

  const path = (place: Place): Place[] => {
    const steps: Place[] = []
    for (let step: Place | null = place; step !== null; step = places.above(step)) steps.unshift(step)
    return steps
  }

  /** Only concepts are: neither guide terms nor the heads of facets and hierarchies (a rule of the AAT and the TAA). */
  const assignable = (place: Place): boolean => {
    const row = rowOfPlace(place)
    return row < 0 || thesaurus.typeOf(row) === 'concept'
  }

  const aatId = (place: Place): number => place.node?.aatId ?? thesaurus.idOf(place.row)

  const term = (place: Place): Term => ({
    key: places.keyOf(place),
    facet: facetOfPlace(place),
    aatId: aatId(place) === 0 ? null : String(aatId(place)),
    labels: labels(place),
    path: path(place).map(labels),
    assignable: assignable(place)
  })

  /** The way upwards that the tree shows, then the other broader terms of the AAT within the facet. */
  const broader = (place: Place): Place[] => {
    const above = places.above(place)
    const others = thesaurus.broaderOf(rowOfPlace(place)).map((row) => places.ofRow(facetOfPlace(place), row))
    return distinct([above, ...others])
  }

  /** The children in the tree, then the narrower terms of the AAT that no tree of the facet holds; guide terms are passed through. */
  const narrower = (place: Place): Place[] => {
    const children = (place.node?.children ?? []).map((row): Place | null => {
      const node = trees.nodes[row]
      return node === undefined ? null : { node, row }
    })
    const outside = narrowerConcepts(rowOfPlace(place)).map((row) => places.ofRow(facetOfPlace(place), row))
    const inAat = place.node === null ? outside : outside.filter((other) => other?.node === null)
    return distinct([...children, ...inAat])
  }

  const narrowerConcepts = (row: number): number[] =>
    row < 0 ? [] : thesaurus.narrowerOf(row).flatMap((below) => (thesaurus.typeOf(below) === 'guide' ? narrowerConcepts(below) : [below]))

  const distinct = (found: readonly (Place | null)[]): Place[] => {
    const byKey = new Map<TermKey, Place>()
    for (const place of found) if (place !== null && !byKey.has(places.keyOf(place))) byKey.set(places.keyOf(place), place)
    return [...byKey.values()]
  }

  const alsoAt = (place: Place): TermKey[] => {
    const own = places.keyOf(place)
    const keys = facets.flatMap((facet) => trees.rowsOfId(facet, aatId(place)).map((row) => trees.nodes[row]?.key ?? own))
    return keys.filter((key) => key !== own)
  }

  const detail = (place: Place): TermDetail => {
    const row = rowOfPlace(place)
    const alternatives = [...(place.node?.alternatives ?? []), ...(row < 0 ? [] : thesaurus.alternativesOf(row))]
    return {
      ...term(place),
      match: place.node?.match ?? 'verified',
      qualifiedLabel: place.node?.qualified ?? null,
      alternativeLabels: [...new Set(alternatives)],
      broader: broader(place).map(term),
      narrower: narrower(place).map(term),
      alsoAt: alsoAt(place)
    }
  }

  return { labels, path, assignable, aatId, term, detail }
}
