import { facets, type Facet } from '../../src/shared/model/facet.ts'
import type { ThesaurusFile } from '../../src/main/core/vocabulary/thesaurus.ts'
import { splitLabels } from './trees.ts'

/** The columns of aat-extract.csv.gz that the thesaurus is made from. */
export interface ExtractRow {
  aat_id: string
  type: string
  facet: string
  pref_label_en: string
  alt_labels_en: string
  broader_preferred: string
  broader_others: string
}

/** Below which row of the AAT a facet of Fitxa lies (paper, section 3: facets of the thesaurus). */
const roots: Record<Facet, string> = {
  objectTypes: '300264092',
  materials: '300264091',
  disciplines: '300054134',
  subjects: '300191098'
}

/** Facets of the AAT that are a whole facet of Fitxa: they hold the concepts that came without a broader term. */
const wholeFacets: Record<string, Facet> = { Objects: 'objectTypes', Materials: 'materials' }

const typeLetters: Record<string, string> = { concept: 'c', 'guide term': 'g', 'guide term?': 'g', 'hierarchy name': 'h', facet: 'f' }

export function buildThesaurus(extract: readonly ExtractRow[]): ThesaurusFile {
  const rows = extract.toSorted((a, b) => Number(a.aat_id) - Number(b.aat_id))
  const rowOf = new Map(rows.map((row, index) => [row.aat_id, index]))
  const find = (id: string): number => rowOf.get(id.trim()) ?? -1
  const broader = rows.map((row) => find(row.broader_preferred))
  const others = rows.map((row) => find(row.broader_others))
  const secondOf = others.flatMap((second, row) => (second < 0 ? [] : [row]))
  return {
    id: rows.map((row, index) => Number(row.aat_id) - Number(rows[index - 1]?.aat_id ?? 0)),
    type: rows.map((row) => letterOf(row.type)).join(''),
    facets: facetDigitsOf(rows, broader, others, find)
      .map((mask) => mask.toString(16))
      .join(''),
    label: rows.map((row) => row.pref_label_en).join('\n'),
    alternatives: rows.map((row) => splitLabels(row.alt_labels_en).join(';')).join('\n'),
    broader,
    secondOf,
    second: secondOf.map((row) => others[row] ?? -1)
  }
}

function letterOf(type: string): string {
  const letter = typeLetters[type]
  if (letter === undefined) throw new Error(`Unknown type of AAT row: ${type}`)
  return letter
}

/** Facets of each row by all its ancestors (the AAT is polyhierarchical), as bits. */
function facetDigitsOf(
  rows: readonly ExtractRow[],
  broader: readonly number[],
  others: readonly number[],
  find: (id: string) => number
): number[] {
  const masks = new Array<number | undefined>(rows.length).fill(undefined)
  const own = new Map(facets.map((facet, bit) => [find(roots[facet]), 1 << bit]))
  const maskOf = (row: number): number => {
    if (row < 0) return 0
    const known = masks[row]
    if (known !== undefined) return known
    masks[row] = own.get(row) ?? 0
    const mask = (masks[row] ?? 0) | maskOf(broader[row] ?? -1) | maskOf(others[row] ?? -1)
    masks[row] = mask
    return mask
  }
  return rows.map((row, index) => {
    const facet = wholeFacets[row.facet]
    const orphan = (broader[index] ?? -1) < 0 && (others[index] ?? -1) < 0
    return maskOf(index) | (orphan && facet !== undefined ? 1 << facets.indexOf(facet) : 0)
  })
}
