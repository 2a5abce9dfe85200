import { createReadStream } from 'node:fs'
import { CsvError, parse } from 'csv-parse'
import { AppError } from '../../../shared/errors.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { BringInEntry } from './entry.ts'
import { readEufccRow } from './read-eufcc.ts'

/** A kind of file that can be brought in: how to recognise its header, and how to read a row. */
interface FileKind {
  readonly fits: (header: readonly string[]) => boolean
  readonly read: (row: Readonly<Record<string, string>>, line: number, vocabulary: Pick<Vocabulary, 'has' | 'assignable'>) => BringInEntry
}

/** The kinds of files; the first that matches is used. Add new kinds here. */
const kinds: readonly FileKind[] = [
  {
    fits: (header) => header.includes('idInSource') && header.some((column) => column.endsWith('.hierarchy')),
    read: readEufccRow
  }
]

interface ParsedRow {
  readonly record: Record<string, string>
  readonly info: { readonly lines: number }
}

/**
 * The rows of a CSV file of a known kind, in their order. AppError `bringIn.unknownKind`, `bringIn.missing` or
 * `validate.csvUnreadable`.
 */
export async function* readFile(file: string, vocabulary: Pick<Vocabulary, 'has' | 'assignable'>): AsyncGenerator<BringInEntry> {
  let kind: FileKind | undefined
  const columns = (header: string[]): string[] => {
    kind = kinds.find(({ fits }) => fits(header))
    if (kind === undefined) throw new AppError('bringIn.unknownKind', { file })
    return header
  }
  const source = createReadStream(file)
  const rows = source.pipe(parse({ bom: true, columns, info: true, relax_column_count: false }))
  source.on('error', (error) => rows.destroy(error))
  try {
    for await (const { record, info } of rows as AsyncIterable<ParsedRow>) {
      if (kind !== undefined) yield kind.read(record, info.lines, vocabulary)
    }
    if (kind === undefined) throw new AppError('bringIn.unknownKind', { file })
  } catch (error) {
    if (error instanceof CsvError) {
      const line = Number((error as CsvError & { lines?: number }).lines ?? 0)
      throw new AppError('validate.csvUnreadable', { file, line, detail: error.code }, error)
    }
    const code = (error as NodeJS.ErrnoException | null)?.code
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') throw new AppError('bringIn.missing', { file }, error)
    throw error
  } finally {
    source.destroy()
  }
}

/** Reads a file as far as its first row. Throws as `readFile`. */
export async function checkKind(file: string, vocabulary: Pick<Vocabulary, 'has' | 'assignable'>): Promise<void> {
  await readFile(file, vocabulary).next()
}
