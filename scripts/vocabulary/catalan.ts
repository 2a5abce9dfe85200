import type { ThesaurusFile } from '../../src/main/core/vocabulary/thesaurus.ts'

/** The columns of catalan-candidates.csv that are used. */
export interface CandidateRow {
  aat_id: string
  ca_label: string
  /** `label`: fit to be shown, marked as unofficial; `search-only`: too unsure to be shown. */
  use: string
  /** Further words, joined by " | ". */
  ca_synonyms: string
  licence: string
}

/** Catalan labels that no thesaurus has approved, as columns in the order of the ids. */
export interface CatalanFile {
  /** First id, then the step from each id to the next. */
  id: number[]
  /** Label that may be shown, a line each; an empty line for none. */
  label: string
  /** Words that are only searched, a line an id, joined by `;`. */
  words: string
}

/** What the sources of the texts allow: the licences that ask for an attribution only, and the makers' own work. */
const usable = new Set(['CC BY 4.0', 'CC BY 3.0', 'own work'])

/** The candidates for concepts that can be assigned in a facet of Fitxa; the other half of the AAT is left out. */
export function buildCatalan(candidates: readonly CandidateRow[], thesaurus: ThesaurusFile): CatalanFile {
  const reachable = new Set<number>()
  let id = 0
  thesaurus.id.forEach((step, row) => {
    id += step
    if (thesaurus.type[row] === 'c' && thesaurus.facets[row] !== '0') reachable.add(id)
  })
  const rows = candidates.filter((row) => reachable.has(Number(row.aat_id))).toSorted((a, b) => Number(a.aat_id) - Number(b.aat_id))
  const foreign = rows.find((row) => !usable.has(row.licence))
  if (foreign !== undefined) throw new Error(`Label of ${foreign.aat_id} may not be shipped: ${foreign.licence}`)
  return {
    id: rows.map((row, index) => Number(row.aat_id) - Number(rows[index - 1]?.aat_id ?? 0)),
    label: rows.map((row) => (row.use === 'label' ? row.ca_label : '')).join('\n'),
    words: rows.map((row) => [...(row.use === 'label' ? [] : [row.ca_label]), ...wordsOf(row)].join(';')).join('\n')
  }
}

function wordsOf(row: CandidateRow): string[] {
  return row.ca_synonyms.split('|').flatMap((word) => word.trim() || [])
}
