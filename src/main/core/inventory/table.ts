import { createHash } from 'node:crypto'
import { CsvError, parse } from 'csv-parse/sync'
import { AppError } from '../../../shared/errors.ts'
import { fromCell } from '../lib/csv-text.ts'
import { FaultyFile, readRegular } from '../lib/regular-file.ts'

/** The first sheet of a spreadsheet, or the one asked for, as texts. Rows are as long as `columns`; those without any text are left out. */
export interface Table {
  readonly sheets: readonly string[]
  readonly sheet: string | null
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** SHA-256 of the file. */
  readonly sha256: string
}

/** The largest file that is read, bytes: a spreadsheet of a million rows is smaller. */
const largest = 200 * 1024 * 1024

/** "PK": every XLSX file is a ZIP archive. */
const zip = Buffer.from('PK')

/** "\xD0\xCF": files of Excel before 2007. */
const compound = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

/**
 * Reads a CSV (UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab) or XLSX file. The first row that has a text is the heading.
 * Throws `inventory.fileMissing`, `inventory.fileUnreadable`, `inventory.tooLarge`, `inventory.oldExcel`, `inventory.badCsv`, `inventory.badXlsx`,
 * `inventory.noSheet`, `inventory.noRows`, `inventory.repeatedColumn`.
 */
export async function readTable(file: string, sheet: string | null): Promise<Table> {
  const bytes = await readRegular(file, largest).catch((error: unknown) => {
    throw error instanceof FaultyFile ? new AppError(faults[error.fault], { file }, error) : error
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (bytes.subarray(0, 4).equals(compound)) throw new AppError('inventory.oldExcel', { file })
  if (!bytes.subarray(0, 2).equals(zip)) return { sheets: [], sheet: null, sha256, ...tableOf(csvRowsOf(bytes, file), file) }
  const sheets = await xlsxSheets(bytes, file)
  const chosen = sheet === null ? sheets[0] : sheets.find(({ name }) => name === sheet)
  if (chosen === undefined) throw new AppError('inventory.noSheet', { file, sheet: sheet ?? '' })
  return { sheets: sheets.map(({ name }) => name), sheet: chosen.name, sha256, ...tableOf(chosen.rows, file) }
}

const faults = {
  missing: 'inventory.fileMissing',
  notFile: 'inventory.fileUnreadable',
  unreadable: 'inventory.fileUnreadable',
  tooLarge: 'inventory.tooLarge'
} as const

function csvRowsOf(bytes: Buffer, file: string): string[][] {
  const text = decode(bytes)
  try {
    return parse(text, {
      bom: true,
      delimiter: separatorOf(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true
    }).map((row) => row.map(fromCell))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new AppError('inventory.badCsv', { file, line: Number((error as CsvError & { lines?: number }).lines ?? 0) }, error)
  }
}

/** The text of a CSV file; if it is not UTF-8, it comes from a spreadsheet program on Windows. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The separator that occurs most often in the heading, outside quotation marks. */
function separatorOf(text: string): string {
  const heading = (/^(?:[^\r\n"]|"[^"]*")*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '')
  const count = (sign: string): number => heading.split(sign).length
  return [';', '\t', ','].reduce((most, sign) => (count(sign) > count(most) ? sign : most), ',')
}

async function xlsxSheets(bytes: Buffer, file: string): Promise<{ name: string; rows: string[][] }[]> {
  // Loaded only when a spreadsheet is read: most catalogues have none.
  const { default: readSheets } = await import('read-excel-file/node')
  try {
    // Numbers stay as the file writes them: a 20-digit inventory number would lose digits as a number.
    const sheets = await readSheets<string>(bytes, { parseNumber: (text) => text })
    return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(cellText)) }))
  } catch (error) {
    throw new AppError('inventory.badXlsx', { file }, error)
  }
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return dateText(cell)
  return typeof cell === 'string' ? plainDecimal(cell) : String(cell)
}

/** A date of a spreadsheet, which has no time zone: the day, and the time if there is one. */
function dateText(date: Date): string {
  const text = date.toISOString()
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ')
}

/** Spreadsheets store 0.1 as 0.10000000000000001; whole numbers and texts stay as they are. */
function plainDecimal(text: string): string {
  return /^-?\d+\.\d{12,}$|^-?\d+(?:\.\d+)?[eE][+-]?\d+$/.test(text) ? String(Number(Number(text).toPrecision(15))) : text
}

function tableOf(all: readonly string[][], file: string): Pick<Table, 'columns' | 'rows'> {
  const filled = all.filter((row) => row.some((cell) => cell.trim() !== ''))
  const [heading = [], ...rows] = filled
  if (rows.length === 0) throw new AppError('inventory.noRows', { file })
  const named = heading.map((name) => name.replace(/\s+/g, ' ').trim())
  const repeated = named.find((name, index) => name !== '' && named.indexOf(name) !== index)
  if (repeated !== undefined) throw new AppError('inventory.repeatedColumn', { file, column: repeated })
  // A column without a heading has no name.
  const kept = named.flatMap((name, index) => (name === '' ? [] : [index]))
  return { columns: kept.map((index) => named[index] ?? ''), rows: rows.map((row) => kept.map((index) => row[index]?.trim() ?? '')) }
}
