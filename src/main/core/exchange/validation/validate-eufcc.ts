import { createReadStream } from 'node:fs'
import { CsvError, parse } from 'csv-parse'
import { AppError } from '../../../../shared/errors.ts'
import { facets } from '../../../../shared/model/facet.ts'
import type { ExchangeProblem, ValidationReport } from '../../../../shared/model/exchange.ts'
import type { Vocabulary } from '../../vocabulary/vocabulary.ts'
import { keysOfLabel, labelsOfCell } from '../eufcc-cell.ts'
import { eufccColumnOf, eufccColumns, pathSeparator } from '../eufcc.ts'
import { ReportBuilder } from '../report.ts'

interface ParsedRow {
  record: Record<string, string>
  info: { lines: number }
}

/**
 * Validates a CSV file in the dialect of the dataset: columns, idInSource filled and unique, paths known. Unknown paths
 * are warnings, since the dataset itself holds paths that the published trees have not. Lines count from 1.
 */
export async function validateEufcc(file: string, vocabulary: Pick<Vocabulary, 'has'>): Promise<ValidationReport> {
  const report = new ReportBuilder()
  const seen = new Set<string>()
  const missing = (header: string[]): string[] => {
    const absent = eufccColumns.filter((column) => !header.includes(column))
    if (absent.length > 0) throw new AppError('validate.csvColumns', { file, columns: absent.join(', ') })
    return header
  }
  const source = createReadStream(file)
  const rows = source.pipe(parse({ bom: true, columns: missing, info: true }))
  source.on('error', (error) => rows.destroy(error))
  try {
    for await (const { record, info } of rows as AsyncIterable<ParsedRow>) report.record(problemsOf(record, info.lines, seen, vocabulary))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number((error as CsvError & { lines?: number }).lines ?? 0)
    throw new AppError('validate.csvUnreadable', { file, line, detail: error.code }, error)
  } finally {
    source.destroy()
  }
  return report.report()
}

function problemsOf(row: Record<string, string>, line: number, seen: Set<string>, vocabulary: Pick<Vocabulary, 'has'>): ExchangeProblem[] {
  const id = (row['idInSource'] ?? '').trim()
  const problem = (severity: ExchangeProblem['severity'], field: string, code: string, data: ExchangeProblem['data']): ExchangeProblem => ({
    severity,
    objectId: null,
    record: id,
    field,
    code,
    data: { ...data, field, line },
    line
  })
  const problems: ExchangeProblem[] = []
  if (id === '') problems.push(problem('error', 'idInSource', 'validate.csvNoId', {}))
  else if (seen.has(id)) problems.push(problem('error', 'idInSource', 'validate.csvRepeatedId', { id }))
  seen.add(id)
  for (const facet of facets) {
    const column = eufccColumnOf[facet]
    for (const path of labelsOfCell(row[column] ?? '')) {
      const known = keysOfLabel(facet, path).every((key) => vocabulary.has(key))
      if (!known) problems.push(problem('warning', column, 'validate.csvUnknownPath', { path: path.join(pathSeparator) }))
    }
  }
  return problems
}
