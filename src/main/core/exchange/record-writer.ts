import type { ExchangeProblem, ExportFormat, ExportOptions } from '../../../shared/model/exchange.ts'
import type { Field } from '../../../shared/model/field.ts'
import type { ErrorData } from '../../../shared/errors.ts'
import type { ExportRecord } from './export-record.ts'

/** Options of an export with their defaults filled in. */
export type FullExportOptions = Required<ExportOptions>

/** What an export says about the whole collection. */
export interface ExportContext {
  readonly options: FullExportOptions
  readonly institution: string
  readonly catalogueName: string
  /** The shown fields of the catalogue in their order. */
  readonly fields: readonly Field[]
  /** The attribution of the AAT that goes along with its ids and labels. */
  readonly attribution: string
}

/** A file inside the ZIP file of a format that has a file for each object or picture. */
export interface WrittenFile {
  readonly path: string
  readonly text: string
}

/** A record as text of the format or as files of its own, and what was found in it; one with errors is not written. */
export interface WrittenRecord {
  readonly record: ExportRecord
  readonly text: string
  /** The files of a format that writes a ZIP file (`isArchive`). */
  readonly files?: readonly WrittenFile[]
  readonly problems: readonly ExchangeProblem[]
}

/** Turns records into the text of a format, page by page, so that no more than a page is in memory. */
export interface RecordWriter {
  /** Text before the first record. */
  readonly head: string
  readonly tail: string
  write(records: readonly ExportRecord[]): Promise<WrittenRecord[]>
  close(): Promise<void>
}

/** The ending of a format's files. */
export const endings: Record<ExportFormat, string> = {
  csv: '.csv',
  'csv-long': '.csv',
  eufcc: '.csv',
  lido: '.xml',
  xmp: '.zip',
  edm: '.rdf',
  'linked-art': '.zip',
  iiif: '.zip'
}

/** Whether a format has many small files, which go into one ZIP file. */
export function isArchive(format: ExportFormat): boolean {
  return endings[format] === '.zip'
}

/** A finding about a record that is being exported. */
export function problemOf(
  record: ExportRecord,
  severity: ExchangeProblem['severity'],
  field: string,
  code: string,
  data: ErrorData = {}
): ExchangeProblem {
  return { severity, objectId: record.id, record: record.label, field, code, data: { record: record.label, field, ...data }, line: null }
}
