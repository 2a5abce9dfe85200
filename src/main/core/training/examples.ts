import { facetOf, type Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { pathSeparator } from '../exchange/eufcc.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { TrainingObject } from './operations.ts'

/** Objects that are read at a time, few enough that the record on screen need not wait for them. */
const pageSize = 100

/** What trainings need of the vocabulary. */
export type TreeSource = Pick<Vocabulary, 'has' | 'broaderKeys' | 'detail'>

/** Every object that training may read, page by page. `withOpen`: with the suggestions that nobody has decided. */
export async function* trainingObjects(catalogue: Catalogue, withOpen: boolean): AsyncGenerator<TrainingObject[]> {
  let page: TrainingObject[]
  let after = 0
  do {
    page = await catalogue.read('trainingPage', { after, limit: pageSize, withOpen })
    after = page.at(-1)?.id ?? after
    if (page.length > 0) yield page
  } while (page.length === pageSize)
}

/** The keys of the published trees that a decided term stands for; the trainer knows no others. */
export interface TreeKeys {
  /** All positions of the term in the trees of its facet: what is decided about a concept holds wherever it stands. */
  positions(key: TermKey): readonly TermKey[]
  /** The same; for a term beyond the trees its nearest broader term in one. For accepted terms only: a broader one is right too. */
  accepted(key: TermKey): readonly TermKey[]
}

/** Looks terms up once each. */
export function createTreeKeys(vocabulary: TreeSource): TreeKeys {
  const known = new Map<TermKey, { positions: readonly TermKey[]; accepted: readonly TermKey[] }>()
  const look = (key: TermKey): { positions: readonly TermKey[]; accepted: readonly TermKey[] } => {
    let found = known.get(key)
    if (found === undefined) {
      const positions = positionsOf(key, vocabulary)
      found = { positions, accepted: positions.length > 0 ? positions : nearestInTree(key, vocabulary) }
      known.set(key, found)
    }
    return found
  }
  return { positions: (key) => look(key).positions, accepted: (key) => look(key).accepted }
}

function positionsOf(key: TermKey, vocabulary: TreeSource): TermKey[] {
  // A catalogue may hold terms of an older vocabulary: a path stays what it says.
  if (!vocabulary.has(key)) return isTreeKey(key) ? [key] : []
  const facet = facetOf(key)
  return [key, ...vocabulary.detail(key).alsoAt.filter((other) => facetOf(other) === facet)].filter(isTreeKey)
}

function nearestInTree(key: TermKey, vocabulary: TreeSource): TermKey[] {
  const nearest = vocabulary.has(key) ? vocabulary.broaderKeys(key).find(isTreeKey) : undefined
  return nearest === undefined ? [] : [nearest]
}

function isTreeKey(key: TermKey): boolean {
  return !key.includes('/aat:')
}

/** A term of a tree and everything above it; disciplines are flat (docs/science.md, "Facets and trees"). */
export function withBroader(key: TermKey): TermKey[] {
  const facet: Facet = facetOf(key)
  if (facet === 'disciplines') return [key]
  const steps = key.slice(facet.length + 1).split(pathSeparator)
  return steps.map((_, depth) => `${facet}/${steps.slice(0, depth + 1).join(pathSeparator)}`)
}
