import { cell } from '../../../shared/domain/cell.ts'
import { matchKey } from '../../../shared/domain/number-match.ts'
import { matchRulesSchema, type InventoryFile } from '../../../shared/model/inventory.ts'
import type { Table } from './table.ts'

/** Number of sample values shown for a column. */
const exampleCount = 3

/** Number of rows read to guess the column of the number. */
const guessedBy = 2000

/** The information that a person needs to link a file. `numbers` are the inventory numbers of the catalogue. */
export function examine(file: string, { sheets, sheet, columns, rows }: Table, numbers: readonly string[]): InventoryFile {
  const rules = matchRulesSchema.parse({})
  const known = new Set(numbers.map((number) => matchKey(number, rules)))
  const sample = rows.slice(0, guessedBy)
  const hits = columns.map((_, index) => sample.filter((row) => known.has(matchKey(cell(row, index), rules))).length)
  const most = Math.max(...hits)
  return {
    file,
    sheets: [...sheets],
    sheet,
    rows: rows.length,
    columns: columns.map((name, index) => {
      const filled = rows.filter((row) => row[index] !== '')
      return {
        name,
        filled: filled.length,
        examples: [...new Set(filled.slice(0, 50).map((row) => cell(row, index)))].slice(0, exampleCount)
      }
    }),
    likelyNumber: most === 0 ? null : (columns[hits.indexOf(most)] ?? null)
  }
}
