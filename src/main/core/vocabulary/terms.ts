import type { Labels, Term, TermDetail, TermKey } from '../../../shared/model/term.ts'
import { facets } from '../../../shared/model/facet.ts'
import { facetOfPosition, type Position, type Positions } from './positions.ts'
import type { CatalanLabels } from './catalan-labels.ts'
import type { Thesaurus } from './thesaurus.ts'
import type { Trees } from './trees.ts'

/** Terms made from their positions. */
export interface Terms {
  labels(position: Position): Labels
  /** From the root of the facet down to the position itself. */
  path(position: Position): Position[]
  assignable(position: Position): boolean
  aatId(position: Position): number
  term(position: Position): Term
  detail(position: Position): TermDetail
}

export function createTerms(trees: Trees, thesaurus: Thesaurus, positions: Positions, unofficial: CatalanLabels): Terms {
  /** AAT row of a position, -1 for a node without id. */
  const rowOfPosition = (position: Position): number => (position.node === null ? position.row : thesaurus.rowOf(position.node.aatId))

  /** Catalan labels by AAT id: a row that only a tree of another facet holds is the same concept, so has the same label. */
  const catalan = new Map<number, string>()
  for (const node of trees.nodes) if (node.ca !== null && !catalan.has(node.aatId)) catalan.set(node.aatId, node.ca)
  const catalanOf = (row: number): string | null => catalan.get(thesaurus.idOf(row)) ?? null

  const labels = (position: Position): Labels => {
    if (position.node !== null) return { ca: position.node.ca, en: position.node.en }
    const label = thesaurus.labelOf(position.row) ?? `AAT ${thesaurus.idOf(position.row)}`
    const ca = catalanOf(position.row)
    const proposed = ca === null ? unofficial.labelOf(position.row) : null
    return {
      ca,
      en: thesaurus.typeOf(position.row) === 'guide' ? `<${label}>` : label,
      ...(proposed === null ? {} : { unofficial: proposed })
    }
  }

  const path = (position: Position): Position[] => {
    const steps: Position[] = []
    for (let step: Position | null = position; step !== null; step = positions.above(step)) steps.unshift(step)
    return steps
  }

  /** Only concepts are: neither guide terms nor the heads of facets and hierarchies (a rule of the AAT and the TAA). */
  const assignable = (position: Position): boolean => {
    const row = rowOfPosition(position)
    return row < 0 || thesaurus.typeOf(row) === 'concept'
  }

  const aatId = (position: Position): number => position.node?.aatId ?? thesaurus.idOf(position.row)

  const term = (position: Position): Term => ({
    key: positions.keyOf(position),
    facet: facetOfPosition(position),
    aatId: aatId(position) === 0 ? null : String(aatId(position)),
    labels: labels(position),
    path: path(position).map(labels),
    assignable: assignable(position)
  })

  /** The way upwards that the tree shows, then the other broader terms of the AAT within the facet. */
  const broader = (position: Position): Position[] => {
    const above = positions.above(position)
    const others = thesaurus.broaderOf(rowOfPosition(position)).map((row) => positions.ofRow(facetOfPosition(position), row))
    return distinct([above, ...others])
  }

  /** The children in the tree, then the narrower terms of the AAT that no tree of the facet holds; guide terms are passed through. */
  const narrower = (position: Position): Position[] => {
    const children = (position.node?.children ?? []).map((row): Position | null => {
      const node = trees.nodes[row]
      return node === undefined ? null : { node, row }
    })
    const outside = narrowerConcepts(rowOfPosition(position)).map((row) => positions.ofRow(facetOfPosition(position), row))
    const inAat = position.node === null ? outside : outside.filter((other) => other?.node === null)
    return distinct([...children, ...inAat])
  }

  const narrowerConcepts = (row: number): number[] =>
    row < 0 ? [] : thesaurus.narrowerOf(row).flatMap((below) => (thesaurus.typeOf(below) === 'guide' ? narrowerConcepts(below) : [below]))

  const distinct = (found: readonly (Position | null)[]): Position[] => {
    const byKey = new Map<TermKey, Position>()
    for (const position of found)
      if (position !== null && !byKey.has(positions.keyOf(position))) byKey.set(positions.keyOf(position), position)
    return [...byKey.values()]
  }

  const alsoAt = (position: Position): TermKey[] => {
    const own = positions.keyOf(position)
    const keys = facets.flatMap((facet) => trees.rowsOfId(facet, aatId(position)).map((row) => trees.nodes[row]?.key ?? own))
    return keys.filter((key) => key !== own)
  }

  const detail = (position: Position): TermDetail => {
    const row = rowOfPosition(position)
    const alternatives = [...(position.node?.alternatives ?? []), ...(row < 0 ? [] : thesaurus.alternativesOf(row))]
    return {
      ...term(position),
      match: position.node?.match ?? 'verified',
      qualifiedLabel: position.node?.qualified ?? null,
      alternativeLabels: [...new Set(alternatives)],
      correction: position.node?.correction ?? null,
      broader: broader(position).map(term),
      narrower: narrower(position).map(term),
      alsoAt: alsoAt(position)
    }
  }

  return { labels, path, assignable, aatId, term, detail }
}
