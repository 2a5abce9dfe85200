import { facets, type Facet, type Language } from '../../../shared/model/facet.ts'
import type { Term } from '../../../shared/model/term.ts'
import { labelIn } from '../vocabulary/vocabulary.ts'
import { aatUri } from './aat.ts'
import { byteOrderMark, csvRows, nameCell, textCell } from '../lib/csv-text.ts'
import { valueSeparator } from './csv.ts'
import type { ExportAnnotation, ExportRecord, ExportSuggestion } from './export-record.ts'
import { certaintyNames, facetNames, madeByNames, termStateNames } from './headings.ts'
import type { ExportContext, RecordWriter } from './record-writer.ts'

/** The columns, the same in every language, since programs read this file; what the cells say follows the language. */
export const longColumns = [
  'inventory_number',
  'object_id',
  'files',
  'facet',
  'term',
  'term_ca',
  'term_en',
  'path',
  'aat_id',
  'aat_uri',
  'state',
  'certainty',
  'who',
  'when',
  'made_by',
  'run',
  'bundle',
  'version',
  'rank',
  'score',
  'probability'
] as const
type Row = Record<(typeof longColumns)[number], string>

/**
 * CSV with one row a term and its provenance (after MARC 883): who, when, by what, and which run of
 * which model had suggested it at which rank. Numbers have a decimal point. An object without terms has no row.
 */
export function createCsvLongWriter({ options }: ExportContext): RecordWriter {
  const { language, separator } = options
  return {
    head: byteOrderMark + csvRows([longColumns], separator),
    tail: '',
    write: (records) =>
      Promise.resolve(
        records.map((record) => {
          const rows = facets.flatMap((facet) => rowsOf(record, facet, language))
          return {
            record,
            text: csvRows(
              rows.map((row) => longColumns.map((name) => row[name])),
              separator
            ),
            problems: []
          }
        })
      ),
    close: () => Promise.resolve()
  }
}

function rowsOf(record: ExportRecord, facet: Facet, language: Language): Row[] {
  const { accepted, uncertain, suggested } = record.facets[facet]
  return [
    ...[...accepted, ...uncertain].map((annotation) => decidedRow(record, facet, annotation, language)),
    ...suggested.map((suggestion) => suggestedRow(record, facet, suggestion, language))
  ]
}

function decidedRow(record: ExportRecord, facet: Facet, annotation: ExportAnnotation, language: Language): Row {
  const { suggested, suggestion, run } = annotation
  return {
    ...termCells(record, facet, annotation.term, language),
    state: termStateNames[annotation.state][language],
    certainty: annotation.state === 'accepted' ? certaintyNames[annotation.certainty][language] : '',
    who: textCell(annotation.author),
    when: annotation.at,
    made_by: madeByNames[annotation.by][language],
    run: suggested === null ? '' : String(suggested.runId),
    bundle: textCell(run?.bundleId ?? ''),
    version: nameCell(run?.bundleVersion ?? ''),
    rank: suggested === null ? '' : String(suggested.rank),
    score: suggestion !== null && suggestion.runId === suggested?.runId ? decimal(suggestion.score) : '',
    probability: suggested === null ? '' : decimal(suggested.probability)
  }
}

function suggestedRow(record: ExportRecord, facet: Facet, suggestion: ExportSuggestion, language: Language): Row {
  return {
    ...termCells(record, facet, suggestion.term, language),
    state: termStateNames[suggestion.accepted ? 'accepted' : 'suggested'][language],
    certainty: '',
    who: '',
    when: suggestion.run?.startedAt ?? '',
    made_by: madeByNames.model[language],
    run: String(suggestion.runId),
    bundle: textCell(suggestion.run?.bundleId ?? ''),
    version: nameCell(suggestion.run?.bundleVersion ?? ''),
    rank: String(suggestion.rank),
    score: decimal(suggestion.score),
    probability: decimal(suggestion.probability)
  }
}

type TermCells = Pick<
  Row,
  'inventory_number' | 'object_id' | 'files' | 'facet' | 'term' | 'term_ca' | 'term_en' | 'path' | 'aat_id' | 'aat_uri'
>

function termCells(record: ExportRecord, facet: Facet, term: Term, language: Language): TermCells {
  return {
    inventory_number: nameCell(record.inventoryNumber ?? ''),
    object_id: String(record.id),
    files: nameCell(record.images.map((image) => image.fileName).join(valueSeparator)),
    facet: facetNames[facet][language],
    term: textCell(labelIn(term.labels, language).text),
    term_ca: textCell(term.labels.ca ?? ''),
    term_en: textCell(term.labels.en ?? ''),
    path: textCell(term.path.map((labels) => labelIn(labels, language).text).join(valueSeparator)),
    aat_id: term.aatId ?? '',
    aat_uri: term.aatId === null ? '' : aatUri(term.aatId)
  }
}

/** A number with four decimals, enough to order suggestions as the model did. */
function decimal(value: number): string {
  return value.toFixed(4)
}
