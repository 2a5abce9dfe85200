import { cell } from '../../../../shared/domain/cell.ts'
import { shallowRef } from 'vue'
import { facetTrees, pathTo, type FacetTree } from '../../../../shared/domain/tree.ts'
import { facetOf, type Facet } from '../../../../shared/model/facet.ts'
import type { Term, TermDetail, TermKey, TreeColumns } from '../../../../shared/model/term.ts'
import { api } from '../../api/client.ts'

/** Data of a term in the trees besides its labels. */
export interface TermFacts {
  readonly aatId: string | null
  readonly match: TermDetail['match']
  /** Other places of the same AAT concept. */
  readonly alsoAt: readonly TermKey[]
}

/** The trees of this window with everything that can be said of their terms without asking the core. */
export interface Vocabulary {
  readonly trees: Readonly<Record<Facet, FacetTree>>
  /** The term at a key of the trees; null for any other key. */
  term(key: TermKey): Term | null
  facts(key: TermKey): TermFacts | null
}

export function vocabularyOf(columns: TreeColumns): Vocabulary {
  const trees = facetTrees(columns)
  const rowOf = new Map(columns.key.map((key, row) => [key, row]))
  const sharing = new Map<string, number[]>()
  columns.aatId.forEach((aatId, row) => {
    if (aatId !== null) sharing.set(aatId, [...(sharing.get(aatId) ?? []), row])
  })
  return {
    trees,
    term: (key) => {
      const row = rowOf.get(key)
      if (row === undefined) return null
      const facet = facetOf(key)
      const tree = trees[facet]
      const node = tree.nodeOf.get(key) ?? -1
      return {
        key,
        facet,
        aatId: cell(columns.aatId, row),
        labels: { ca: cell(columns.ca, row), en: cell(columns.en, row) },
        path: pathTo(tree, node).map((node) => cell(tree.labels, node)),
        assignable: cell(columns.assignable, row)
      }
    },
    facts: (key) => {
      const row = rowOf.get(key)
      if (row === undefined) return null
      const aatId = cell(columns.aatId, row)
      const rows = aatId === null ? [] : (sharing.get(aatId) ?? [])
      return {
        aatId,
        match: cell(columns.match, row),
        alsoAt: rows.filter((other) => other !== row).map((other) => cell(columns.key, other))
      }
    }
  }
}

const vocabulary = shallowRef<Vocabulary | null>(null)
let asked: Promise<void> | null = null

/** Reads the trees once for the life of the window: they ship with the program and do not change while it runs. */
export async function loadVocabulary(): Promise<void> {
  asked ??= api.vocabulary.trees({}).then((columns) => void (vocabulary.value = vocabularyOf(columns)))
  try {
    await asked
  } catch (error) {
    asked = null
    throw error
  }
}

/** The trees; null until they have come. */
export const useVocabulary = () => vocabulary
