import { join } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { exportOptionsSchema, type ExportOptions, type ValidationReport } from '../../../shared/model/exchange.ts'
import type { ChangesOptions } from '../../../shared/model/changes.ts'
import type { PrintOptions } from '../../../shared/model/print.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { createCsvLongWriter } from './csv-long.ts'
import { createCsvWriter } from './csv.ts'
import { createEdmWriter } from './edm.ts'
import { findDestination } from './destination.ts'
import { createEufccWriter } from './eufcc.ts'
import { writeExportFile } from './export-file.ts'
import { exportRecordOf, type ExportRecord } from './export-record.ts'
import { createIiifWriter } from './iiif.ts'
import { createLidoWriter } from './lido.ts'
import { createLinkedArtWriter } from './linked-art.ts'
import type { ExportCursor, ExportPage } from './operations.ts'
import { endings, isArchive, type ExportContext, type FullExportOptions, type RecordWriter, type WrittenRecord } from './record-writer.ts'
import { ReportBuilder } from './report.ts'
import { startLidoValidator } from './validation/validator.ts'
import { createXmpWriter } from './xmp.ts'
import { createZipFile } from './zip-file.ts'

/** Objects that are read, made into text and validated at a time. */
const pageSize = 100

/** Services of the core that exports need. `schemaFolder` is resources/schemas/lido. */
export interface ExportParts {
  readonly catalogue: Catalogue
  readonly vocabulary: Vocabulary
  readonly settings: () => Settings
  readonly schemaFolder: string
}

/**
 * Writes an export as a job. Its result names the file, how many records it holds and how many were left out. The file
 * is put in place only when it is whole; a job that is resumed begins again.
 */
export function createExportRunner(parts: ExportParts): JobRunner {
  return { kind: 'export', run: (context, options) => runExport(parts, fullOptions(options), context) }
}

/** Validates what an export would write, without writing it. */
export async function checkExport(parts: ExportParts, options: ExportOptions): Promise<ValidationReport> {
  const full = fullOptions(options)
  const report = new ReportBuilder()
  const writer = await createWriter(parts, full)
  try {
    for await (const page of recordPages(parts, full)) {
      for (const { problems } of await writer.write(page)) report.record(problems)
    }
  } finally {
    await writer.close()
  }
  return report.report()
}

/** Checks before an export starts whether it may write to its destination. Throws the AppErrors of `findDestination`. */
export async function checkDestination(
  { catalogue }: Pick<ExportParts, 'catalogue'>,
  { file = null, overwrite = false }: ExportOptions | PrintOptions | ChangesOptions
): Promise<void> {
  if (file !== null) await findDestination(catalogue, file, overwrite)
}

async function runExport(parts: ExportParts, options: FullExportOptions, context: JobContext): Promise<JobResult> {
  const { catalogue } = parts
  context.setTotal(options.objectIds?.length ?? (await catalogue.read('exportCount')))
  const target = { file: options.file, fallback: defaultFile(parts, options), overwrite: options.overwrite }
  const { file, filled } = await writeExportFile(catalogue, context, target, (write) => writeRecords(parts, options, context, write))
  return { file, ...filled }
}

async function writeRecords(
  parts: ExportParts,
  options: FullExportOptions,
  context: JobContext,
  write: (content: string | Uint8Array) => Promise<void>
): Promise<{ records: number; leftOut: number }> {
  const writer = await createWriter(parts, options)
  const archive = isArchive(options.format) ? createZipFile(write) : null
  let records = 0
  let leftOut = 0
  try {
    if (archive === null) await write(writer.head)
    for await (const page of recordPages(parts, options)) {
      if (context.signal.aborted) throw new Cancelled()
      const written = await writer.write(page)
      const valid = written.filter(({ problems }) => problems.every(({ severity }) => severity !== 'error'))
      if (valid.length < written.length && !options.leaveOutInvalid) throw refusal(written)
      if (archive === null) await write(valid.map(({ text }) => text).join(''))
      else for (const { path, text } of valid.flatMap(({ files = [] }) => files)) await archive.add(path, text)
      records += valid.length
      leftOut += written.length - valid.length
      context.count('written', valid.length)
      if (valid.length < written.length) context.count('leftOut', written.length - valid.length)
    }
    if (context.signal.aborted) throw new Cancelled()
    await (archive === null ? write(writer.tail) : archive.end())
  } finally {
    await writer.close()
  }
  return { records, leftOut }
}

/** The error that ends an export that may leave nothing out: the first invalid record. */
function refusal(written: readonly WrittenRecord[]): AppError {
  const problem = written.flatMap(({ problems }) => problems).find(({ severity }) => severity === 'error')
  return new AppError('export.invalidRecord', { record: problem?.record ?? '', field: problem?.field ?? '' })
}

function fullOptions(options: unknown): FullExportOptions {
  return exportOptionsSchema.parse(options)
}

async function createWriter(parts: ExportParts, options: FullExportOptions): Promise<RecordWriter> {
  const context: ExportContext = {
    options,
    institution: parts.settings().institution,
    catalogueName: parts.catalogue.name,
    fields: (await parts.catalogue.read('fields')).filter(({ shown }) => shown),
    attribution: attributionOf(parts.vocabulary, options)
  }
  switch (options.format) {
    case 'csv':
      return createCsvWriter(context)
    case 'csv-long':
      return createCsvLongWriter(context)
    case 'eufcc':
      return createEufccWriter(context, parts.vocabulary)
    case 'lido':
      return createLidoWriter(context, startLidoValidator(parts.schemaFolder))
    case 'xmp':
      return createXmpWriter(context)
    case 'edm':
      return createEdmWriter(context)
    case 'linked-art':
      return createLinkedArtWriter(context)
    case 'iiif':
      return createIiifWriter(context)
  }
}

/** The attribution of the exported labels. */
function attributionOf(vocabulary: Vocabulary, options: FullExportOptions): string {
  const ofCatalan = options.format === 'lido' && options.unofficialLabels
  return ofCatalan ? `${vocabulary.attribution} ${vocabulary.catalanAttribution}` : vocabulary.attribution
}

/** The objects to export, page by page: those asked for in their order, else all in the order of their numbers. */
export async function* recordPages(
  { catalogue, vocabulary }: Pick<ExportParts, 'catalogue' | 'vocabulary'>,
  options: Pick<FullExportOptions, 'objectIds' | 'what'>
): AsyncGenerator<ExportRecord[]> {
  const runs = new Map((await catalogue.read('exportRuns')).map((run) => [run.id, run]))
  const hydrate = (stored: Parameters<typeof exportRecordOf>[0]): ExportRecord => exportRecordOf(stored, options.what, vocabulary, runs)
  if (options.objectIds !== null) {
    for (let at = 0; at < options.objectIds.length; at += pageSize) {
      yield (await catalogue.read('exportRecords', options.objectIds.slice(at, at + pageSize))).map(hydrate)
    }
    return
  }
  let after: ExportCursor | null = null
  do {
    const page: ExportPage = await catalogue.read('exportPage', { after, limit: pageSize })
    yield page.records.map(hydrate)
    after = page.next
  } while (after !== null)
}

/** `<catalogue>/exports/<name>-<format>-<date and time>`; two exports in one second are told apart by a number. */
function defaultFile({ catalogue }: ExportParts, { format }: FullExportOptions): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return join(
    cataloguePaths(catalogue.folder).exports,
    `${catalogue.name.replace(/[^\p{L}\p{N} _-]/gu, '_')}-${format}-${time}${endings[format]}`
  )
}
