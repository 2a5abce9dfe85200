import { facets, type Facet } from '../../src/shared/model/facet.ts'

/** The columns of aat-eufcc.csv that the trees are made from. */
export interface MappingRow {
  facet: string
  source: string
  ca_label: string
  ca_parent_path: string
  aat_id: string
  en_label: string
  en_label_qualified: string
  en_alt_labels: string
  confidence: string
}

/** The published trees as columns, facet after facet, depth first. `hidden` lists the rows that are no term. */
export interface TreesFile {
  nodes: Record<Facet, number>
  /** Label as published: a part of the key. */
  published: string[]
  parent: number[]
  /** Catalan label; null if the published label is not Catalan. */
  ca: (string | null)[]
  en: (string | null)[]
  qualified: (string | null)[]
  alternatives: string[][]
  /** AAT id as a number, 0 for none. */
  aatId: number[]
  match: string
  hidden: number[]
}

const facetNames: Record<Facet, string> = {
  objectTypes: 'Object Types',
  materials: 'Materials',
  disciplines: 'Disciplines',
  subjects: 'Subjects'
}

/** A curation marker ("delete") that was left in the published tree of object types; not a concept. */
const curationMarker = 'ELIMINAR'

/**
 * Published labels that are the English word left untranslated (besides those that the publishers marked with `*`).
 * Loan words that Catalan uses as they are (cloche, fedora, lurex, intaglio, kaval, mañanita) stay Catalan labels.
 */
const untranslated = new Set([
  'watch cap',
  'brogue',
  'chatelaine',
  'cummerbund',
  'stomacher',
  'undersleeve',
  'hairwork jewelry',
  'stockpot',
  'jumper',
  'rhinestone',
  'chert'
])

/** Letters of the column `match`, in the words of the mapping. */
const matchLetters: Record<string, string> = { verified: 'v', inferred: 'i', missing: '-' }

interface PublishedNode {
  label: string
  path: string
  parent: number
}

/** The columns of trees.json from the four published label files and the mapping; fails where the two disagree. */
export function buildTrees(published: Record<Facet, string>, mapping: readonly MappingRow[]): TreesFile {
  const rows = new Map<string, MappingRow>()
  for (const row of mapping) {
    if (row.source === 'tree') rows.set(`${row.facet}/${joinPath(row.ca_parent_path, row.ca_label)}`, row)
  }
  const trees: TreesFile = {
    nodes: { objectTypes: 0, materials: 0, disciplines: 0, subjects: 0 },
    published: [],
    parent: [],
    ca: [],
    en: [],
    qualified: [],
    alternatives: [],
    aatId: [],
    match: '',
    hidden: []
  }
  for (const facet of facets) {
    const first = trees.published.length
    const nodes = readTree(published[facet])
    trees.nodes[facet] = nodes.length
    for (const node of nodes) {
      const row = rows.get(`${facetNames[facet]}/${node.path}`)
      if (row === undefined) throw new Error(`The mapping lacks ${facet}: ${node.path}`)
      addNode(trees, node.label, row)
      // Nesting among disciplines is co-occurrence in the data, not hierarchy: they are shown flat.
      trees.parent.push(facet === 'disciplines' || node.parent < 0 ? -1 : first + node.parent)
    }
  }
  return trees
}

function addNode(trees: TreesFile, label: string, row: MappingRow): void {
  const letter = matchLetters[row.confidence]
  if (letter === undefined) throw new Error(`Unknown confidence ${row.confidence}`)
  if (label === curationMarker) trees.hidden.push(trees.published.length)
  trees.published.push(label)
  trees.ca.push(label.startsWith('*') || untranslated.has(label) ? null : label)
  trees.en.push(row.en_label || null)
  trees.qualified.push(row.en_label_qualified || null)
  trees.alternatives.push(splitLabels(row.en_alt_labels))
  trees.aatId.push(Number(row.aat_id || 0))
  trees.match += letter
}

/** Nodes of a published label file (a drawing made of `├── `, `│   `) in their order; `parent` is a row number, -1 for a top node. */
function readTree(text: string): PublishedNode[] {
  const nodes: PublishedNode[] = []
  const open: number[] = []
  for (const line of text.split(/\r?\n/).slice(1)) {
    if (line.trim() === '') continue
    const [, indent, label] = /^((?:│ {3}| {4})*)(?:├── |└── )(.+)$/u.exec(line) ?? []
    if (indent === undefined || label === undefined) throw new Error(`Not a line of a label tree: ${line}`)
    const depth = indent.length / 4
    const parent = depth === 0 ? -1 : (open[depth - 1] ?? -1)
    open.length = depth
    open.push(nodes.length)
    nodes.push({ label, path: joinPath(nodes[parent]?.path ?? '', label), parent })
  }
  return nodes
}

/** Labels of a cell that joins them by `; `. */
export function splitLabels(cell: string): string[] {
  return cell
    .split(';')
    .map((label) => label.trim())
    .filter((label) => label !== '')
}

function joinPath(parent: string, label: string): string {
  return parent === '' ? label : `${parent} | ${label}`
}
