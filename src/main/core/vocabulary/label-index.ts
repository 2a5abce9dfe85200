import { foldText } from '../../../shared/domain/fold.ts'
import { facets, type Facet, type Language } from '../../../shared/model/facet.ts'
import type { Label, Labels } from '../../../shared/model/term.ts'
import type { CatalanLabels } from './catalan-labels.ts'
import { startsOfLines } from './lines.ts'
import type { Position } from './positions.ts'
import type { Terms } from './terms.ts'
import type { Thesaurus } from './thesaurus.ts'
import type { Trees } from './trees.ts'

/**
 * All labels that a search looks through, folded and one a line in one text, nodes of the trees before the rest of the
 * AAT. Lines belong to targets: first the nodes of the trees, then the rows of the AAT.
 */
export interface LabelIndex {
  /** Begins and ends with a line feed. */
  readonly text: string
  readonly lines: number
  begin(line: number): number
  /** One past the last letter. */
  end(line: number): number
  targetOf(line: number): number
  languageOf(line: number): Language
  /** Whether the line is not a label of its term but only a search word. */
  isWord(line: number): boolean
  /** The label of a line as it is written. */
  labelOf(line: number): Label
  /** Targets below this number are nodes of trees. */
  readonly nodes: number
  targetOfRow(row: number): number
  /** The nodes that have an AAT id. */
  nodesOfId(aatId: number): number[]
  /** First line of a target, -1 if it has none. */
  firstLineOf(target: number): number
  /** Facets in which a target is a hit, as bits; no bit for an AAT row that may not be assigned or that a tree holds. */
  facetsOf(target: number): number
  /** The position of a target in a facet that is one of its. */
  positionOf(target: number, facet: Facet): Position | null
}

/** A line of the index. `word`: no label, but leads to the term. */
interface IndexedLabel extends Label {
  readonly word?: boolean
}

export function createLabelIndex(trees: Trees, thesaurus: Thesaurus, terms: Terms, unofficial: CatalanLabels): LabelIndex {
  const nodes = trees.nodes.length
  const targets = nodes + thesaurus.size

  const labelsOf = (target: number): IndexedLabel[] => {
    const node = trees.nodes[target]
    const row = node === undefined ? target - nodes : thesaurus.rowOf(node.aatId)
    const own: Labels = node ?? terms.labels({ node: null, facet: 'objectTypes', row })
    const { ca, en, unofficial: proposed = null } = own
    const english = [
      en,
      ...(node === undefined ? [] : [node.qualified, ...node.alternatives]),
      ...(row < 0 ? [] : thesaurus.alternativesOf(row))
    ]
    const labels: IndexedLabel[] = ca === null ? [] : [{ text: ca, language: 'ca' }]
    if (proposed !== null) labels.push({ text: proposed, language: 'ca', unofficial: true })
    for (const text of new Set(english)) if (text !== null) labels.push({ text, language: 'en' })
    if (node?.correction) labels.push({ text: node.correction.published, language: 'ca', word: true })
    const words = row < 0 ? [] : [unofficial.labelOf(row) ?? '', ...unofficial.wordsOf(row)]
    const known = new Set(['', ca, proposed])
    for (const text of new Set(words)) if (!known.has(text)) labels.push({ text, language: 'ca', unofficial: true, word: true })
    return labels
  }

  const bits = facetBits(trees, thesaurus)
  const labels: string[] = []
  const target: number[] = []
  const catalan: number[] = []
  const words: number[] = []
  const firstLine = new Int32Array(targets)
  for (let number = 0; number < targets; number++) {
    firstLine[number] = labels.length
    if (bits[number] === 0) continue
    for (const label of labelsOf(number)) {
      labels.push(label.text)
      target.push(number)
      catalan.push(label.language === 'ca' ? 1 : 0)
      words.push(label.word === true ? 1 : 0)
    }
  }
  const targetOfLine = Int32Array.from(target)
  const isCatalan = Uint8Array.from(catalan)
  const isWord = Uint8Array.from(words)
  const text = `\n${labels.map(foldText).join('\n')}\n`
  const starts = startsOfLines(text).subarray(1)

  return {
    text,
    lines: labels.length,
    begin: (line) => starts[line] ?? text.length,
    end: (line) => (starts[line + 1] ?? text.length) - 1,
    targetOf: (line) => targetOfLine[line] ?? 0,
    languageOf: (line) => (isCatalan[line] === 1 ? 'ca' : 'en'),
    isWord: (line) => isWord[line] === 1,
    labelOf(line) {
      const number = targetOfLine[line] ?? 0
      const label = labelsOf(number)[line - (firstLine[number] ?? 0)]
      if (label === undefined) return { text: '', language: 'en' }
      const { text, language, unofficial } = label
      return unofficial === true ? { text, language, unofficial } : { text, language }
    },
    nodes,
    targetOfRow: (row) => nodes + row,
    nodesOfId: (aatId) => facets.flatMap((facet) => trees.rowsOfId(facet, aatId)),
    firstLineOf: (number) => (bits[number] === 0 ? -1 : (firstLine[number] ?? -1)),
    facetsOf: (number) => bits[number] ?? 0,
    positionOf(number, facet) {
      const node = trees.nodes[number]
      return node === undefined ? { node: null, facet, row: number - nodes } : { node, row: number }
    }
  }
}

function facetBits(trees: Trees, thesaurus: Thesaurus): Uint8Array {
  const nodes = trees.nodes.length
  const bits = new Uint8Array(nodes + thesaurus.size)
  for (let row = 0; row < thesaurus.size; row++) if (thesaurus.typeOf(row) === 'concept') bits[nodes + row] = thesaurus.facetBitsOf(row)
  trees.nodes.forEach((node, row) => {
    const bit = 1 << facets.indexOf(node.facet)
    bits[row] = bit
    const target = nodes + thesaurus.rowOf(node.aatId)
    if (target >= nodes) bits[target] = (bits[target] ?? 0) & ~bit
  })
  return bits
}
