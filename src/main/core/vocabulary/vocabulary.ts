import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { languages, type Facet, type Language } from '../../../shared/model/facet.ts'
import type { Label, Labels, Term, TermDetail, TermHit, TermKey, TreeColumns } from '../../../shared/model/term.ts'
import { AppError } from '../../../shared/errors.ts'
import { readCatalanLabels, type CatalanLabels } from './catalan-labels.ts'
import { correctTrees } from './corrections.ts'
import { createLabelIndex } from './label-index.ts'
import { createPositions, type Position } from './positions.ts'
import { createSearch, type SearchQuery } from './search.ts'
import { createTerms } from './terms.ts'
import { readThesaurus, type Thesaurus } from './thesaurus.ts'
import { readTrees, type Trees } from './trees.ts'

/**
 * The terms of the four facets: the published trees and, beyond them, the concepts of the whole AAT. Keys are those of
 * `termKeySchema`; a concept that a tree of the facet holds has the key of its (first) node only.
 */
export interface Vocabulary {
  /** What the licence of the AAT (ODC-By 1.0) asks to be said wherever its ids or labels go. */
  readonly attribution: string
  /** What the licences of the unofficial Catalan labels ask to be said where these go. */
  readonly catalanAttribution: string
  /** Nodes of the trees that are shown, and ids of the AAT. */
  readonly counts: { readonly terms: number; readonly concepts: number }
  trees(): TreeColumns
  has(key: TermKey): boolean
  /** Throws `vocabulary.unknownTerm` for a key that is none, as do all methods that take a key. */
  term(key: TermKey): Term
  detail(key: TermKey): TermDetail
  /** Whether a person may accept the term: guide terms and the heads of facets and hierarchies are only shown. */
  assignable(key: TermKey): boolean
  search(search: SearchQuery): TermHit[]
  /** Keys of all ancestors on the term's path, the nearest first. */
  broaderKeys(key: TermKey): TermKey[]
  /** The label in the language, else in the next one; never empty. */
  label(key: TermKey, language: Language): Label
  /** Key of an AAT concept within a facet, null if it has no position there. */
  keyOfAat(facet: Facet, aatId: string): TermKey | null
}

/** Loads the vocabulary from `folder` (resources/vocabulary); about 0.1 s. */
export async function loadVocabulary(folder: string): Promise<Vocabulary> {
  const { trees, thesaurus, catalan, attribution, catalanAttribution } = await readFolder(folder)
  const positions = createPositions(trees, thesaurus)
  const terms = createTerms(trees, thesaurus, positions, catalan)
  const search = createSearch(createLabelIndex(trees, thesaurus, terms, catalan), thesaurus, terms)
  const columns = treeColumns(trees, (position) => terms.assignable(position))
  const position = (key: TermKey): Position => {
    const found = positions.ofKey(key)
    if (found === null) throw new AppError('vocabulary.unknownTerm', { key })
    return found
  }
  return {
    attribution,
    catalanAttribution,
    counts: { terms: trees.nodes.length, concepts: thesaurus.size },
    trees: () => columns,
    has: (key) => positions.ofKey(key) !== null,
    term: (key) => terms.term(position(key)),
    detail: (key) => terms.detail(position(key)),
    assignable: (key) => terms.assignable(position(key)),
    search,
    broaderKeys: (key) =>
      terms
        .path(position(key))
        .slice(0, -1)
        .reverse()
        .map((step) => positions.keyOf(step)),
    label: (key, language) => labelIn(terms.labels(position(key)), language),
    keyOfAat(facet, aatId) {
      const found = positions.ofRow(facet, thesaurus.rowOf(Number(aatId)))
      return found === null ? null : positions.keyOf(found)
    }
  }
}

interface VocabularyFiles {
  readonly trees: Trees
  readonly thesaurus: Thesaurus
  readonly catalan: CatalanLabels
  readonly attribution: string
  readonly catalanAttribution: string
}

async function readFolder(folder: string): Promise<VocabularyFiles> {
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  const packed = async (name: string): Promise<string> => (await promisify(gunzip)(await readFile(join(folder, name)))).toString('utf8')
  try {
    const [treesText, corrections, thesaurusText, catalanText, attribution, catalanAttribution] = await Promise.all([
      text('trees.json'),
      text('corrections.json'),
      packed('aat.json.gz'),
      packed('catalan.json.gz'),
      text('ATTRIBUTION'),
      text('ATTRIBUTION-CATALAN')
    ])
    const thesaurus = readThesaurus(thesaurusText)
    return {
      trees: correctTrees(readTrees(treesText), corrections),
      thesaurus,
      catalan: readCatalanLabels(catalanText, thesaurus),
      attribution: attribution.trim(),
      catalanAttribution: catalanAttribution.trim()
    }
  } catch (error) {
    throw new AppError('vocabulary.unreadable', { folder }, error)
  }
}

/** The label to show for a wish of language: in it, else in the next one that there is (docs/interface.md, "Ground rules"). */
export function labelIn(labels: Labels, language: Language): Label {
  for (const candidate of [language, ...languages]) {
    const text = labels[candidate]
    if (text) return { text, language: candidate }
  }
  throw new Error('a term without any label')
}

function treeColumns(trees: Trees, assignable: (position: Position) => boolean): TreeColumns {
  const { nodes } = trees
  return {
    key: nodes.map((node) => node.key),
    facet: nodes.map((node) => node.facet),
    parent: nodes.map((node) => node.parent),
    ca: nodes.map((node) => node.ca),
    en: nodes.map((node) => node.en),
    aatId: nodes.map((node) => (node.aatId === 0 ? null : String(node.aatId))),
    match: nodes.map((node) => node.match),
    assignable: nodes.map((node, row) => assignable({ node, row }))
  }
}
