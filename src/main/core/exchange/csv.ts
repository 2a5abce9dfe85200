import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { Field } from '../../../shared/model/field.ts'
import type { Term } from '../../../shared/model/term.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { byteOrderMark, csvRows, nameCell, textCell } from '../lib/csv-text.ts'
import { titleIn, type ExportRecord } from './export-record.ts'
import { facetNames, facetStateNames, objectHeadings, statusNames } from './headings.ts'
import type { ExportContext, RecordWriter } from './record-writer.ts'

/** What joins several values in a cell; no label of the vocabulary and no file name holds it. */
export const valueSeparator = ' | '

/**
 * CSV for people: one row an object, in the order number, files, title, the fields of the catalogue, then for each facet the accepted terms, their AAT
 * ids in the same order (empty if a term has none) and the state of the facet, then status and note. Suggestions and
 * uncertain terms stand in columns of their own, and only if they were asked for.
 */
export function createCsvWriter({ options, fields }: ExportContext): RecordWriter {
  const { language, separator, what } = options
  const columns: Column[] = [
    column(objectHeadings.number[language], (record) => nameCell(record.inventoryNumber ?? '')),
    column(objectHeadings.files[language], (record) => nameCell(record.images.map((image) => image.fileName).join(valueSeparator))),
    column(objectHeadings.title[language], (record) => textCell(titleIn(record) ?? '')),
    ...fields.map(fieldColumn),
    ...facets.flatMap(facetColumns),
    column(objectHeadings.status[language], (record) => statusNames[record.status][language]),
    column(objectHeadings.note[language], (record) => textCell(record.note))
  ]

  function facetColumns(facet: Facet): Column[] {
    const name = facetNames[facet][language]
    const terms = (heading: string, of: (record: ExportRecord) => readonly Term[]): Column =>
      column(heading, (record) => textCell(joined(of(record), (term) => labelIn(term.labels, language).text)))
    const heading = (part: 'state' | 'aat' | 'uncertain' | 'suggested'): string => `${name}: ${objectHeadings[part][language]}`
    const accepted = [
      terms(name, (record) => record.facets[facet].accepted.map(({ term }) => term)),
      column(heading('aat'), (record) => joined(record.facets[facet].accepted, ({ term }) => term.aatId ?? '')),
      column(heading('state'), (record) => facetStateNames[record.facets[facet].state][language])
    ]
    const uncertain = terms(heading('uncertain'), (record) => record.facets[facet].uncertain.map(({ term }) => term))
    const suggested = column(heading('suggested'), (record) =>
      textCell(
        joined(record.facets[facet].suggested, ({ term, probability }) => `${labelIn(term.labels, language).text} (${share(probability)})`)
      )
    )
    if (what === 'accepted') return accepted
    return what === 'suggested' ? [suggested, ...accepted.slice(-1)] : [...accepted, uncertain, suggested]
  }

  /** A field whose name is the heading of another column says where it comes from. */
  function fieldColumn({ id, name }: Field): Column {
    const isTaken = [...Object.values(objectHeadings), ...Object.values(facetNames)].some((words) => words[language] === name)
    const heading = isTaken ? `${name} (${objectHeadings.field[language]})` : name
    return column(textCell(heading), (record) => nameCell(record.fields.find(({ fieldId }) => fieldId === id)?.value ?? ''))
  }

  /** A likelihood with two decimals as the language writes it. */
  function share(probability: number): string {
    return language === 'ca' ? probability.toFixed(2).replace('.', ',') : probability.toFixed(2)
  }

  return {
    head: byteOrderMark + csvRows([columns.map(({ heading }) => heading)], separator),
    tail: '',
    write: (records) =>
      Promise.resolve(
        records.map((record) => ({ record, text: csvRows([columns.map(({ cell }) => cell(record))], separator), problems: [] }))
      ),
    close: () => Promise.resolve()
  }
}

interface Column {
  readonly heading: string
  readonly cell: (record: ExportRecord) => string
}

function column(heading: string, cell: Column['cell']): Column {
  return { heading, cell }
}

function joined<T>(values: readonly T[], text: (value: T) => string): string {
  const texts = values.map(text)
  return texts.some((part) => part !== '') ? texts.join(valueSeparator) : ''
}
