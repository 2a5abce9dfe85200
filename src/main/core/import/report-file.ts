import { basename, join } from 'node:path'
import type { Language } from '../../../shared/model/facet.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { findDestination } from '../exchange/destination.ts'
import { openAtomicFile, placeUnderFreeName, writeAtomicFile } from '../lib/atomic-file.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import { reportHead, reportRows } from './report-csv.ts'

/** Lines of a report read and written at a time. */
const page = 2000

/** Which report to write and where: with `file` null it goes to the catalogue's export folder, under an unused name. */
export interface ReportQuery {
  readonly jobId: number
  /** Leaves out lines that need no attention. */
  readonly problemsOnly: boolean
  readonly language: Language
  readonly file: string | null
}

/**
 * Writes the report of an import as a CSV file, page by page, so that a report of any length needs little memory. The file is
 * there complete or not at all. A given `file` is replaced. @returns its path
 * @throws AppError `export.…`, like every export
 */
export async function writeReportFile(catalogue: Catalogue, title: string, query: ReportQuery): Promise<{ file: string; name: string }> {
  const lines = reportLines(catalogue, query)
  if (query.file !== null) {
    const { file } = await findDestination(catalogue, query.file, true)
    await writeAtomicFile(file, lines)
    return { file, name: basename(file) }
  }
  const name = `${title.replace(/[<>:"/\\|?*\p{Cc}]/gu, '_')}-${query.jobId}.csv`
  const wanted = join(cataloguePaths(catalogue.folder).exports, name)
  const output = await openAtomicFile(wanted)
  try {
    for await (const text of lines) await output.write(text)
    const file = await placeUnderFreeName(output, wanted)
    return { file, name: basename(file) }
  } finally {
    await output.abandon()
  }
}

async function* reportLines(catalogue: Catalogue, { jobId, problemsOnly, language }: ReportQuery): AsyncGenerator<string> {
  yield reportHead(language)
  for (let after = ''; ;) {
    const items = await catalogue.read('importItems', { jobId, state: null, problems: problemsOnly, after, limit: page })
    yield reportRows(items, language)
    const last = items.at(-1)
    if (last === undefined || items.length < page) return
    after = last.path
  }
}
