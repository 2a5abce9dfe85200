import { facets, type Facet } from '../../../shared/model/facet.ts'
import { linesOf, type Lines } from './lines.ts'

/**
 * Shape of resources/vocabulary/aat.json, which scripts/vocabulary writes: the whole AAT as columns in the order of the ids.
 * Rows are named by their number, -1 is none.
 */
export interface ThesaurusFile {
  /** First id, then the step from each id to the next. */
  id: number[]
  /** One letter a row: `c` concept, `g` guide term, `h` hierarchy name, `f` facet. */
  type: string
  /** One hexadecimal digit a row: the facets of Fitxa in which the row stands, bit 0 the first of `facets`. */
  facets: string
  /** Preferred English labels without qualifier, a line each; an empty line for none. */
  label: string
  /** Alternative English labels, a line a row, joined by `;`. */
  alternatives: string
  /** Row of the preferred broader term. */
  broader: number[]
  /** Rows that have a second broader term, and the rows of these. */
  secondOf: number[]
  second: number[]
}

/** What a row of the AAT is; only concepts may be assigned. */
export type RowType = 'concept' | 'guide' | 'hierarchy' | 'facet'

const types: Record<string, RowType> = { c: 'concept', g: 'guide', h: 'hierarchy', f: 'facet' }

/** The whole AAT in columns (54,372 rows in the order of their ids). Rows are numbers, -1 is none. */
export interface Thesaurus {
  readonly size: number
  /** Row of an AAT id, -1 if there is none. */
  rowOf(aatId: number): number
  idOf(row: number): number
  typeOf(row: number): RowType
  /** Preferred English label, null for the 727 ids that have none. */
  labelOf(row: number): string | null
  alternativesOf(row: number): string[]
  /** Facets in which the row lies by any of its ancestors, as bits: bit 0 is the first of `facets`. */
  facetBitsOf(row: number): number
  liesIn(row: number, facet: Facet): boolean
  /** Broader rows, the preferred one first. */
  broaderOf(row: number): number[]
  narrowerOf(row: number): number[]
}

/** Reads aat.json. */
export function readThesaurus(text: string): Thesaurus {
  const file = JSON.parse(text) as ThesaurusFile
  const size = file.id.length
  const ids = new Uint32Array(size)
  let id = 0
  file.id.forEach((step, row) => (ids[row] = id += step))
  const facetBits = Uint8Array.from(file.facets, (digit) => Number.parseInt(digit, 16))
  const broader = Int32Array.from(file.broader)
  const second = new Map(file.secondOf.map((row, index) => [row, file.second[index] ?? -1]))
  const labels = linesOf(file.label)
  const alternatives = linesOf(file.alternatives)
  const narrower = reverse(broader, second)
  const type = file.type
  return {
    size,
    rowOf: (aatId) => rowOf(ids, aatId),
    idOf: (row) => ids[row] ?? 0,
    typeOf: (row) => types[type[row] ?? ''] ?? 'guide',
    labelOf: (row) => labels.at(row) || null,
    alternativesOf: (row) => splitCell(alternatives, row),
    facetBitsOf: (row) => facetBits[row] ?? 0,
    liesIn: (row, facet) => ((facetBits[row] ?? 0) & (1 << facets.indexOf(facet))) !== 0,
    broaderOf: (row) => [broader[row] ?? -1, second.get(row) ?? -1].filter((above) => above >= 0),
    narrowerOf: (row) => [...narrower.rows.subarray(narrower.first[row], narrower.first[row + 1])]
  }
}

function splitCell(lines: Lines, row: number): string[] {
  const cell = lines.at(row)
  return cell === '' ? [] : cell.split(';')
}

function rowOf(ids: Uint32Array, aatId: number): number {
  let low = 0
  let high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = ids[middle] ?? 0
    if (found === aatId) return middle
    if (found < aatId) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** The narrower rows of each row: those of row `r` are `rows[first[r]]` up to `rows[first[r + 1]]`. */
function reverse(broader: Int32Array, second: ReadonlyMap<number, number>): { first: Uint32Array; rows: Int32Array } {
  const first = new Uint32Array(broader.length + 1)
  const count = (above: number): void => {
    if (above >= 0) first[above + 1] = (first[above + 1] ?? 0) + 1
  }
  broader.forEach(count)
  second.forEach(count)
  for (let row = 0; row < broader.length; row++) first[row + 1] = (first[row + 1] ?? 0) + (first[row] ?? 0)
  const next = first.slice()
  const rows = new Int32Array(first[broader.length] ?? 0)
  const position = (above: number, row: number): void => {
    if (above < 0) return
    const at = next[above] ?? 0
    rows[at] = row
    next[above] = at + 1
  }
  broader.forEach((above, row) => position(above, row))
  second.forEach((above, row) => position(above, row))
  return { first, rows }
}
