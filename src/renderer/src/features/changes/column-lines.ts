import { objectColumns, termColumns, type ChangeColumn, type ChangeProfile, type ChangeValue } from '../../../../shared/model/changes.ts'

/** The possible contents of a profile's columns. */
export function contentsOf(rows: ChangeProfile['rows']): readonly ChangeValue[] {
  return rows === 'term' ? termColumns : objectColumns
}

/** The columns as lines to edit: `heading = content`. */
export function columnLines(columns: readonly ChangeColumn[]): string {
  return columns.map(({ heading, value }) => `${heading} = ${value}`).join('\n')
}

/** The columns of edited lines, or the number of the first invalid line. Empty lines are ignored. */
export function columnsOf(text: string, rows: ChangeProfile['rows']): { columns: ChangeColumn[] } | { badLine: number } {
  const columns: ChangeColumn[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const at = line.lastIndexOf('=')
    const heading = line.slice(0, Math.max(0, at)).trim()
    const value = contentsOf(rows).find((known) => known === line.slice(at + 1).trim())
    if (at < 0 || heading === '' || value === undefined) return { badLine: index + 1 }
    columns.push({ heading, value })
  }
  return columns.length === 0 ? { badLine: 1 } : { columns }
}
