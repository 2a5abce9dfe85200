import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type FileMetaData } from 'hyparquet'
import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import { facets, type Facet } from '../../../../shared/model/facet.ts'
import { FaultyFile, openRegular } from '../../lib/regular-file.ts'

/** The version of run files that this program reads (trainer: `predicting/run_file.py`). */
const format = 1
/** Extension of run files. */
export const runFileEnding = '.parquet'
const metadataKey = 'fitxa.run'
/** Rows decoded at a time. */
const rowsAtATime = 250
/** A row group is decoded as a whole, so a larger one would take too much memory; the trainer writes 500 rows. */
const largestRowGroup = 10_000

/** What made a run file. */
export interface RunInfo {
  readonly bundle: { readonly id: string; readonly version: string; readonly sha256: string }
  readonly device: string
}

/** A suggestion of a run file, by rank. */
export interface RunSuggestion {
  readonly term: string
  readonly score: number
  readonly probability: number
  readonly members: Record<string, number>
}

/** A row of a run file: a picture by its SHA-256, and its suggestions; none if the picture had a problem. */
export interface RunRow {
  readonly sha256: string | null
  readonly problem: string | null
  readonly facets: readonly (readonly [Facet, readonly RunSuggestion[]])[]
}

/** A run file that was opened; `rows` yields a few hundred rows at a time, so that any number of them fits into memory. */
export interface RunFile {
  readonly path: string
  readonly info: RunInfo
  readonly rowCount: number
  rows(): AsyncGenerator<RunRow[]>
  close(): Promise<void>
}

const infoSchema = z.object({
  format: z.number().int(),
  bundle: z.object({ id: z.string().min(1), version: z.string().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  device: z.string().min(1)
})

/**
 * The run files at a path: the file itself, or those of a folder by name. AppError `runFile.none` where there is none.
 */
export async function listRunFiles(path: string): Promise<string[]> {
  if (path.endsWith(runFileEnding)) return [path]
  const names = await readdir(path).catch((cause: unknown) => {
    throw new AppError('runFile.none', { path }, cause)
  })
  const files = names.filter((name) => name.endsWith(runFileEnding)).sort()
  if (files.length === 0) throw new AppError('runFile.none', { path })
  return files.map((name) => join(path, name))
}

/**
 * Opens a run file; the caller closes it. AppError `runFile.unreadable`, `runFile.notRun`, `runFile.newer` or
 * `runFile.rowGroups`, naming the file; `rows` throws `runFile.damaged`.
 */
export async function openRunFile(path: string): Promise<RunFile> {
  const file = basename(path)
  const { handle, bytes } = await openRegular(path).catch((error: unknown) => {
    throw error instanceof FaultyFile ? new AppError('runFile.unreadable', { file: path }, error) : error
  })
  const buffer: AsyncBuffer = {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const chunk = new ArrayBuffer(Math.max(0, end - start))
      await handle.read(new Uint8Array(chunk), 0, chunk.byteLength, start)
      return chunk
    }
  }
  try {
    const metadata = await parquetMetadataAsync(buffer).catch((cause: unknown) => {
      throw new AppError('runFile.notRun', { file }, cause)
    })
    const info = readInfo(metadata, file)
    if (metadata.row_groups.some((group) => Number(group.num_rows) > largestRowGroup))
      throw new AppError('runFile.rowGroups', { file, rows: largestRowGroup })
    return {
      path,
      info,
      rowCount: Number(metadata.num_rows),
      rows: () => readRows(buffer, metadata, file),
      close: () => handle.close()
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function readInfo(metadata: FileMetaData, file: string): RunInfo {
  const text = metadata.key_value_metadata?.find(({ key }) => key === metadataKey)?.value
  let content: unknown
  try {
    content = JSON.parse(text ?? '')
  } catch (cause) {
    throw new AppError('runFile.notRun', { file }, cause)
  }
  const version = (content as { format?: unknown } | null)?.format
  if (typeof version === 'number' && version > format) throw new AppError('runFile.newer', { file })
  const parsed = infoSchema.safeParse(content)
  if (!parsed.success) throw new AppError('runFile.notRun', { file }, parsed.error)
  return parsed.data
}

async function* readRows(buffer: AsyncBuffer, metadata: FileMetaData, file: string): AsyncGenerator<RunRow[]> {
  const present = new Set(metadata.schema.map(({ name }) => name))
  const columns = ['sha256', 'problem', ...facets.filter((facet) => present.has(facet))]
  let groupStart = 0
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows)
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += rowsAtATime) {
      const rowEnd = Math.min(rowStart + rowsAtATime, groupEnd)
      const rows = await parquetReadObjects({ file: buffer, metadata, columns, rowStart, rowEnd }).catch((cause: unknown) => {
        throw new AppError('runFile.damaged', { file, row: rowStart + 1 }, cause)
      })
      yield rows.map((row, index) => checkedRow(row, { file, row: rowStart + index + 1 }))
    }
    groupStart = groupEnd
  }
}

/** Checked by hand: a schema would take longer than the reading itself. */
function checkedRow(row: Record<string, unknown>, where: { readonly file: string; readonly row: number }): RunRow {
  const problem = typeof row['problem'] === 'string' ? row['problem'] : null
  const sha256 = typeof row['sha256'] === 'string' ? row['sha256'] : null
  const suggestions = facets.flatMap((facet): [Facet, RunSuggestion[]][] => {
    const list = row[facet]
    if (list === null || list === undefined) return []
    if (!Array.isArray(list) || !list.every((entry) => isSuggestion(entry, facet))) throw new AppError('runFile.damaged', where)
    return [[facet, list]]
  })
  return { sha256, problem, facets: suggestions }
}

function isSuggestion(entry: unknown, facet: Facet): entry is RunSuggestion {
  const { term, score, probability, members } = (entry ?? {}) as Partial<Record<keyof RunSuggestion, unknown>>
  return (
    typeof term === 'string' &&
    term.startsWith(`${facet}/`) &&
    isShare(score) &&
    isShare(probability) &&
    typeof members === 'object' &&
    members !== null &&
    Object.values(members).every(isShare)
  )
}

/** A score or probability; single precision may overshoot. */
function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1.0001
}
