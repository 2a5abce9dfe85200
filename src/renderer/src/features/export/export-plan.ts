import type { ExportFormat, ExportOptions, ExportWhat, ValidationReport } from '../../../../shared/model/exchange.ts'
import type { Language } from '../../../../shared/model/facet.ts'
import { printFormatSchema, type PrintFormat, type PrintOptions } from '../../../../shared/model/print.ts'

/** Which objects go out: all, those that pass the filter of the contact sheet, or the one on screen. */
export type ExportScope = 'all' | 'filter' | 'current'

/** Formats of the export screen: files for other programs, and PDF to print. */
export const dataFormats = [
  'lido',
  'csv',
  'csv-long',
  'eufcc',
  'edm',
  'linked-art',
  'iiif',
  'xmp'
] as const satisfies readonly ExportFormat[]
export const printFormats = printFormatSchema.options
export type OutputFormat = ExportFormat | PrintFormat

export const isPrint = (format: OutputFormat): format is PrintFormat => printFormatSchema.safeParse(format).success

/** What a person chose on the export screen. */
export interface ExportChoice {
  readonly format: OutputFormat
  readonly scope: ExportScope
  readonly what: ExportWhat
  readonly separator: ';' | ',' | '\t'
  readonly language: Language
  readonly leaveOutInvalid: boolean
  readonly unofficialLabels: boolean
  /** Folder to write into; empty = the folder `exports` of the catalogue. */
  readonly folder: string
}

/** What the choice means in objects: `ids` null = every object of the catalogue. */
export interface ExportObjects {
  readonly ids: readonly number[] | null
  readonly count: number
}

/** The options of the core for a choice; `file` is null if the catalogue's own folder is to take it. */
export function exportOptions(choice: ExportChoice, objects: ExportObjects, fileName: string): ExportOptions | PrintOptions {
  const { format, what, language, separator, leaveOutInvalid, unofficialLabels } = choice
  const common = {
    objectIds: objects.ids === null ? null : [...objects.ids],
    file: choice.folder.trim() === '' ? null : joinPath(choice.folder.trim(), fileName),
    language
  }
  return isPrint(format) ? { ...common, format } : { ...common, format, what, separator, leaveOutInvalid, unofficialLabels }
}

/** Whether options are those of a PDF to print. */
export const isPrintOptions = (options: ExportOptions | PrintOptions): options is PrintOptions => isPrint(options.format)

/** A file in a folder of this machine, with the separator that the folder's own path uses. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}

const endings: Partial<Record<OutputFormat, string>> = {
  lido: 'xml',
  edm: 'rdf',
  'linked-art': 'zip',
  iiif: 'zip',
  xmp: 'zip',
  card: 'pdf',
  contactSheet: 'pdf'
}

/** Whether a format has columns, which a separator keeps apart. */
export const isTable = (format: OutputFormat): boolean => format === 'csv' || format === 'csv-long'

/**
 * Name of the file of an export: catalogue, what it is (`kind`, the format's name unless given) and day, without characters that
 * a file system refuses.
 */
export function exportFileName(catalogue: string, format: OutputFormat, now: Date, kind: string = format): string {
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
  const safe = catalogue.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_').trim()
  return `${safe}-${kind}-${day}.${endings[format] ?? 'csv'}`
}

/**
 * How many records the export will write, and how many it leaves out; null = nothing is written, because errors stop the export.
 */
export function exportCounts(
  choice: ExportChoice,
  objects: ExportObjects,
  report: ValidationReport | null
): { written: number; leftOut: number } | null {
  if (report === null) return { written: objects.count, leftOut: 0 }
  const invalid = Math.max(0, report.records - report.valid)
  if (invalid === 0) return { written: report.records, leftOut: 0 }
  return choice.leaveOutInvalid && report.valid > 0 ? { written: report.valid, leftOut: invalid } : null
}
