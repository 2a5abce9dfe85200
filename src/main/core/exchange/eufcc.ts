import { parse } from 'node:path'
import { facetOf, facets, type Facet } from '../../../shared/model/facet.ts'
import type { Term } from '../../../shared/model/term.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { csvRows } from '../lib/csv-text.ts'
import type { ExportRecord } from './export-record.ts'
import { problemOf, type ExportContext, type RecordWriter, type WrittenRecord } from './record-writer.ts'

/** Columns of the dataset EUFCC-340K, in its order (docs/science.md, "Facets and trees"); Disciplines are called classifications there. */
export const eufccColumns = [
  'idInSource',
  'objectTypes.hierarchy',
  'subjects.hierarchy',
  'materials.hierarchy',
  '#portraitMedia.original',
  'database',
  'repository.keeper',
  'classifications.hierarchy'
] as const

/** The column of each facet. */
export const eufccColumnOf: Record<Facet, (typeof eufccColumns)[number]> = {
  objectTypes: 'objectTypes.hierarchy',
  materials: 'materials.hierarchy',
  disciplines: 'classifications.hierarchy',
  subjects: 'subjects.hierarchy'
}

export const labelSeparator = ' $ '
export const pathSeparator = ' | '

/**
 * The dataset's own dialect: one row an image, with the terms of its object, comma, UTF-8 without a mark. Suggestions stand
 * in rank order, after what was accepted. Cells hold the published Catalan paths whatever the language, since these are
 * what the trainer knows; a term beyond the trees goes out as its nearest broader term in a tree, or not at all (warning).
 */
export function createEufccWriter(context: ExportContext, vocabulary: Pick<Vocabulary, 'has' | 'broaderKeys'>): RecordWriter {
  const written = new Set<string>()
  return {
    head: csvRows([eufccColumns], ','),
    tail: '',
    write: (records) => Promise.resolve(records.map((record) => writeRecord(record, context, vocabulary, written))),
    close: () => Promise.resolve()
  }
}

function writeRecord(
  record: ExportRecord,
  { catalogueName, institution }: ExportContext,
  vocabulary: Pick<Vocabulary, 'has' | 'broaderKeys'>,
  written: Set<string>
): WrittenRecord {
  const problems: WrittenRecord['problems'][number][] = []
  const cells = new Map<string, string>()
  for (const facet of facets) {
    const { accepted, suggested } = record.facets[facet]
    const paths = new Set<string>()
    for (const { term } of [...accepted, ...suggested]) {
      const path = treePath(term, vocabulary)
      if (path === null) problems.push(problemOf(record, 'warning', eufccColumnOf[facet], 'export.noTreePath', { term: nameOf(term) }))
      else paths.add(path)
    }
    cells.set(eufccColumnOf[facet], [...paths].join(labelSeparator))
  }
  const names = record.images.map((image) => ({ id: parse(image.fileName).name, file: image.fileName }))
  const repeated = names.filter(({ id }, index) => written.has(id) || names.findIndex((name) => name.id === id) !== index)
  for (const { file } of repeated) problems.push(problemOf(record, 'error', 'idInSource', 'export.repeatedFileName', { file }))
  if (repeated.length === 0) for (const { id } of names) written.add(id)
  const rows = names.map(({ id, file }) => {
    const own = new Map([
      ['idInSource', id],
      ['#portraitMedia.original', file],
      ['database', catalogueName],
      ['repository.keeper', institution],
      ...cells
    ])
    return eufccColumns.map((column) => own.get(column) ?? '')
  })
  return { record, text: csvRows(rows, ','), problems }
}

/** The path that the dataset has for a term, or for its nearest broader term; null if there is none. */
function treePath(term: Term, vocabulary: Pick<Vocabulary, 'has' | 'broaderKeys'>): string | null {
  const ancestors = vocabulary.has(term.key) ? vocabulary.broaderKeys(term.key) : []
  const key = [term.key, ...ancestors].find((candidate) => !candidate.includes('/aat:'))
  return key === undefined ? null : key.slice(facetOf(key).length + 1)
}

function nameOf(term: Term): string {
  return term.labels.ca ?? term.labels.en ?? term.key
}
