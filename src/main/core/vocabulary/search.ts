import { foldText } from '../../../shared/domain/fold.ts'
import { facets, type Facet, type Language } from '../../../shared/model/facet.ts'
import type { TermHit } from '../../../shared/model/term.ts'
import type { LabelIndex } from './label-index.ts'
import type { Terms } from './terms.ts'
import type { Thesaurus } from './thesaurus.ts'

export interface SearchQuery {
  query: string
  /** Facet whose hits come first, null = no preference. */
  facet: Facet | null
  language: Language
  limit: number
}

/**
 * How a label fits the query, best first: it is the query; it begins with it as a whole word; it holds it as a whole word; it
 * begins with it; one of its words does; each word of the query begins a word of the label; the query is inside a word.
 */
const fits = { exact: 0, firstWord: 1, word: 2, start: 3, wordStart: 4, words: 5, inside: 6 } as const
type Fit = (typeof fits)[keyof typeof fits]
const fitCount = 7

/** Where a label comes from, best first: a tree, the rest of the AAT, or words that are no labels. */
const originCount = 3

/** Shorter queries are only looked for where words begin: inside words they are everywhere. */
const shortestInside = 3

/** An AAT id, alone, as `aat:…` or as an address. */
const aatIdQuery = /^(?:aat:|https?:\/\/vocab\.getty\.edu\/(?:page\/)?aat\/)?(3\d{8})$/

/**
 * The search over all labels (Catalan, English, qualified, alternative, unofficial) and the AAT id; case and accents are ignored.
 * Order of hits: the facet asked for, then the fit, then the origin, then labels in the language, then shorter ones.
 */
export function createSearch(index: LabelIndex, thesaurus: Thesaurus, terms: Terms): (search: SearchQuery) => TermHit[] {
  return (search) => {
    const query = foldText(search.query)
    if (query === '') return []
    const ranked = new RankedLines(index, search)
    const id = aatIdQuery.exec(query)?.[1]
    if (id !== undefined) for (const line of linesOfId(index, thesaurus, Number(id))) ranked.add(line, fits.exact)
    scan(index, query, (line, fit) => ranked.add(line, fit))
    scanWords(index, query, (line) => ranked.add(line, fits.words))
    return collect(index, terms, ranked, search)
  }
}

type Found = (line: number, fit: Fit) => void

/** Calls `found` with each line that holds the query in one piece. */
function scan(index: LabelIndex, query: string, found: Found): void {
  const { text } = index
  const needles = query.length < shortestInside ? [`\n${query}`, ` ${query}`, `'${query}`] : [query]
  for (const needle of needles) {
    const lead = needle.length - query.length
    let line = 0
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, index.end(line))) {
      const from = at + lead
      while (index.end(line) <= from) line++
      found(line, fitAt(index, line, from, query))
    }
  }
}

/** Calls `found` with each line in which every word of a query of several words begins a word. */
function scanWords(index: LabelIndex, query: string, found: (line: number) => void): void {
  const words = query.split(' ').toSorted((a, b) => b.length - a.length)
  const [longest, ...others] = words
  if (longest === undefined || others.length === 0 || longest.length < shortestInside) return
  scan(index, longest, (line, fit) => {
    if (fit !== fits.inside && others.every((word) => beginsWord(index, line, word))) found(line)
  })
}

/** The best fit of `query` in a line in which it first occurs at `from`. */
function fitAt(index: LabelIndex, line: number, from: number, query: string): Fit {
  const begin = index.begin(line)
  if (from === begin && index.end(line) - begin === query.length) return fits.exact
  if (from === begin && endsWord(index.text, from + query.length)) return fits.firstWord
  const best = bestInWords(index, line, from, query)
  return from === begin && best === fits.wordStart ? fits.start : best
}

/** How `word` fits the words of the line at or after `from`: as a whole, as a beginning, or not at their beginnings. */
function bestInWords(index: LabelIndex, line: number, from: number, word: string): Fit {
  const { text } = index
  const end = index.end(line)
  let best: Fit = fits.inside
  for (let at = from; at >= 0 && at < end; at = text.indexOf(word, at + 1)) {
    if (isLetter(text.charCodeAt(at - 1))) continue
    if (endsWord(text, at + word.length)) return fits.word
    best = fits.wordStart
  }
  return best
}

function endsWord(text: string, at: number): boolean {
  return !isLetter(text.charCodeAt(at))
}

/** Whether `word` begins a word of the line. */
function beginsWord(index: LabelIndex, line: number, word: string): boolean {
  const from = index.text.indexOf(word, index.begin(line))
  return from >= 0 && from < index.end(line) && bestInWords(index, line, from, word) !== fits.inside
}

/** Whether a folded character continues a word: digits, a to z, and everything beyond ASCII. */
function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127
}

/** The first line of each target that has the AAT id. */
function linesOfId(index: LabelIndex, thesaurus: Thesaurus, aatId: number): number[] {
  const row = thesaurus.rowOf(aatId)
  const targets = row < 0 ? [] : [...index.nodesOfId(aatId), index.targetOfRow(row)]
  return targets.map((target) => index.firstLineOf(target)).filter((line) => line >= 0)
}

/** Lines found, in buckets by facet, fit and origin; only the buckets that are needed get sorted. */
class RankedLines {
  readonly #index: LabelIndex
  readonly #language: Language
  readonly #asked: number
  readonly #buckets: number[][] = Array.from({ length: 2 * fitCount * originCount }, () => [])

  constructor(index: LabelIndex, search: SearchQuery) {
    this.#index = index
    this.#language = search.language
    this.#asked = search.facet === null ? 0xff : 1 << facets.indexOf(search.facet)
  }

  add(line: number, fit: Fit): void {
    const target = this.#index.targetOf(line)
    const elsewhere = (this.#index.facetsOf(target) & this.#asked) === 0 ? 1 : 0
    const origin = this.#index.isWord(line) ? 2 : target < this.#index.nodes ? 0 : 1
    this.#buckets[(elsewhere * fitCount + fit) * originCount + origin]?.push(line)
  }

  /** The lines, best first. */
  *inOrder(): Generator<number> {
    for (const bucket of this.#buckets) yield* this.#sorted(bucket)
  }

  /** The lines of a bucket by language, then length, then position in the list; a counting sort, as short queries find thousands. */
  #sorted(bucket: readonly number[]): Int32Array {
    const index = this.#index
    const keys = Uint8Array.from(bucket, (line) => {
      const foreign = index.languageOf(line) === this.#language ? 0 : 128
      return foreign + Math.min(127, index.end(line) - index.begin(line))
    })
    const next = new Uint32Array(257)
    for (const key of keys) next[key + 1] = (next[key + 1] ?? 0) + 1
    for (let key = 0; key < 256; key++) next[key + 1] = (next[key + 1] ?? 0) + (next[key] ?? 0)
    const sorted = new Int32Array(bucket.length)
    keys.forEach((key, at) => {
      const to = next[key] ?? 0
      sorted[to] = bucket[at] ?? 0
      next[key] = to + 1
    })
    return sorted
  }
}

/** The first hits, each target once per facet; an AAT row that lies in the facet asked for stands there alone. */
function collect(index: LabelIndex, terms: Terms, ranked: RankedLines, search: SearchQuery): TermHit[] {
  const hits: TermHit[] = []
  const seen = new Set<number>()
  for (const line of ranked.inOrder()) {
    const target = index.targetOf(line)
    if (seen.has(target)) continue
    seen.add(target)
    for (const facet of facetsOfHit(index.facetsOf(target), search.facet)) {
      const position = index.positionOf(target, facet)
      if (position === null) continue
      hits.push({ term: terms.term(position), matched: index.labelOf(line), inTree: position.node !== null })
      if (hits.length === search.limit) return hits
    }
  }
  return hits
}

function facetsOfHit(bits: number, asked: Facet | null): Facet[] {
  const own = facets.filter((_, bit) => (bits & (1 << bit)) !== 0)
  return asked !== null && own.includes(asked) ? [asked] : own
}
