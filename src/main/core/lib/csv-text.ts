import { stringify } from 'csv-stringify/sync'

/** Marks a file as UTF-8 for spreadsheet programs. */
export const byteOrderMark = '\uFEFF'

/**
 * What begins a formula in a spreadsheet program (CSV injection, OWASP), also in full width. Programs skip white space and line
 * breaks before it, and some treat a leading tab or carriage return as such.
 */
const formulaBegin = /^(?:[\t\r]|\s*[=+\-@＝＋－＠])/
const defused = /^'+(?:[\t\r]|\s*[=+\-@＝＋－＠])/

/** Characters that no text file should hold: control characters other than tab and line breaks, and halves of surrogate pairs. */
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/gu

/** How the names of months begin in the languages of the spreadsheets that our readers use (ca, es, en, fr). */
const month = '(?:gen|ene|jan|feb|fev|fév|mar|abr|apr|avr|mai|may|jun|jul|jui|ago|aug|aoû|set|sep|oct|nov|des|dec|déc|dic)\\p{L}*\\.?'

/** Texts that a spreadsheet program takes for numbers or dates and writes in its own way: `0012`, `1/2`, `1E5`, `12 mar`, `MAR1`. */
const numberLike = new RegExp(
  [
    "^[\\d\\s.,:/'-]*\\d[\\d\\s.,:/'-]*$",
    '^\\d+(?:[.,]\\d+)?e[+-]?\\d+$',
    `^\\d{1,4}[\\s./-]*${month}(?:[\\s./-]*\\d{1,4})?$`,
    `^${month}[\\s./-]*\\d{1,4}$`
  ].join('|'),
  'iu'
)

/** A text that spreadsheet programs keep as it is: as the formula `="0012"`, which evaluates to this text. */
const keptText = /^="((?:[^"]|"")*)"$/s

/** The longest text that a formula of Excel may hold in quotes. */
const longestKept = 255

/**
 * A cell of running text: a beginning that would make a formula of it gets an apostrophe before it. `fromCell` gives the text back.
 */
export function textCell(text: string): string {
  return formulaBegin.test(text) || defused.test(text) ? `'${text}` : text
}

/**
 * A cell with a name or number that must not change (inventory numbers, file names): a value that a spreadsheet program would take
 * for a number or date is written as the formula `="0012"`; saved again by the program it reads `0012`.
 */
export function nameCell(text: string): string {
  return text.length <= longestKept && numberLike.test(text) ? `="${text.replaceAll('"', '""')}"` : textCell(text)
}

/** The text of a cell written by `textCell` or `nameCell`, also after a spreadsheet program has saved it. */
export function fromCell(cell: string): string {
  const kept = keptText.exec(cell)?.[1]
  if (kept !== undefined) return kept.replaceAll('""', '"')
  return defused.test(cell) ? cell.slice(1) : cell
}

/**
 * Rows as CSV text: every row ends with a carriage return and a line feed; cells with breaks, quotes or separators are
 * quoted. Control characters, which stop many programs from reading on, become U+FFFD.
 */
export function csvRows(rows: readonly (readonly string[])[], separator: string): string {
  return stringify(
    rows.map((row) => row.map((cell) => cell.replace(unprintable, '\ufffd'))),
    { delimiter: separator, record_delimiter: '\r\n', quoted_match: /[\r\n\t;,"]|^\s|\s$/ }
  )
}
