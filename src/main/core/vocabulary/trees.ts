import { z } from 'zod'
import { facets, perFacet, type Facet } from '../../../shared/model/facet.ts'
import type { Correction, TermKey } from '../../../shared/model/term.ts'

/** Shape of resources/vocabulary/trees.json; written by scripts/vocabulary. */
const fileSchema = z.object({
  nodes: z.record(z.enum(facets), z.number().int()),
  published: z.array(z.string()),
  parent: z.array(z.number().int()),
  ca: z.array(z.string().nullable()),
  en: z.array(z.string().nullable()),
  qualified: z.array(z.string().nullable()),
  alternatives: z.array(z.array(z.string())),
  aatId: z.array(z.number().int()),
  match: z.string(),
  hidden: z.array(z.number().int())
})

/** A node of the published trees. `parent` and `children` are row numbers among the nodes. */
export interface TreeNode {
  readonly key: TermKey
  readonly facet: Facet
  readonly parent: number
  readonly children: number[]
  readonly ca: string | null
  /** What the published tree said instead of `ca`. */
  readonly correction: Correction | null
  readonly en: string | null
  readonly qualified: string | null
  readonly alternatives: readonly string[]
  /** AAT id as a number, 0 for none. */
  readonly aatId: number
  readonly match: 'verified' | 'inferred' | 'missing'
}

/** The trees of the four facets, depth first, without the rows that are no terms. */
export interface Trees {
  readonly nodes: readonly TreeNode[]
  readonly rowOfKey: ReadonlyMap<TermKey, number>
  /** Rows of a facet that share an AAT id, in tree order. */
  rowsOfId(facet: Facet, aatId: number): readonly number[]
}

const matches = { v: 'verified', i: 'inferred', '-': 'missing' } as const

/** Reads trees.json. The key of a node is its facet and the path of its published labels; Disciplines lie flat. */
export function readTrees(text: string): Trees {
  const file = fileSchema.parse(JSON.parse(text))
  const hidden = new Set(file.hidden)
  const facetOfRow = facets.flatMap((facet) => new Array<Facet>(file.nodes[facet]).fill(facet))
  const nodes: TreeNode[] = []
  const rowOfKey = new Map<TermKey, number>()
  const rowsById = perFacet(() => new Map<number, number[]>())
  const rowOfFileRow = new Map<number, number>()
  file.published.forEach((published, fileRow) => {
    if (hidden.has(fileRow)) return
    const facet = facetOfRow[fileRow]
    const letter = file.match[fileRow]
    if (facet === undefined || (letter !== 'v' && letter !== 'i' && letter !== '-')) throw new Error(`trees.json: row ${fileRow}`)
    const row = nodes.length
    const parent = rowOfFileRow.get(file.parent[fileRow] ?? -1) ?? -1
    const above = nodes[parent]
    const key = above === undefined ? `${facet}/${published}` : `${above.key} | ${published}`
    const aatId = file.aatId[fileRow] ?? 0
    nodes.push({
      key,
      facet,
      parent,
      children: [],
      ca: file.ca[fileRow] ?? null,
      correction: null,
      en: file.en[fileRow] ?? null,
      qualified: file.qualified[fileRow] ?? null,
      alternatives: file.alternatives[fileRow] ?? [],
      aatId,
      match: matches[letter]
    })
    above?.children.push(row)
    rowOfKey.set(key, row)
    rowOfFileRow.set(fileRow, row)
    if (aatId > 0) rowsById[facet].set(aatId, [...(rowsById[facet].get(aatId) ?? []), row])
  })
  return { nodes, rowOfKey, rowsOfId: (facet, aatId) => rowsById[facet].get(aatId) ?? [] }
}
