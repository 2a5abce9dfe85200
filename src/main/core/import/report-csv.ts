import { sentence } from '../../../shared/locales/errors.ts'
import type { Language } from '../../../shared/model/facet.ts'
import type { ImportItem } from '../../../shared/model/job.ts'
import { byteOrderMark, csvRows, nameCell, textCell } from '../lib/csv-text.ts'

const separator = ';'
const columns = ['file', 'state', 'reason', 'number'] as const

/** First line of the report as CSV, with the mark that makes spreadsheet programs read it as UTF-8. */
export function reportHead(language: Language): string {
  const names = columns.map((column) => sentence(language, `import.column.${column}`))
  return byteOrderMark + csvRows([names], separator)
}

/** Lines of the report as CSV: file, state, reason and remedy as one sentence, inventory number. */
export function reportRows(items: readonly ImportItem[], language: Language): string {
  return csvRows(
    items.map((item) => [
      nameCell(item.path),
      sentence(language, `import.state.${item.state}`),
      item.reason === null ? '' : textCell(sentence(language, item.reason, item.data)),
      nameCell(item.inventoryNumber ?? '')
    ]),
    separator
  )
}
