import { cell } from '../../../shared/domain/cell.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Doubt, LinkOptions, LinkPlan, MatchRules } from '../../../shared/model/inventory.ts'
import { matchRows } from './match.ts'
import type { Table } from './table.ts'

export type FullLinkOptions = Required<Omit<LinkOptions, 'rules'>> & { readonly rules: MatchRules }

/** An object as linking looks at it. `cells` is the JSON of the row that belongs to it now, null if none does. */
export interface ObjectToLink {
  readonly id: number
  readonly label: string
  readonly number: string | null
  readonly cells: string | null
}

/** The row that an object gets; `cells` null takes its row away. */
export interface RowChange {
  readonly objectId: number
  readonly number: string
  readonly cells: string | null
}

/** Maximum number of entries per list of a plan; the counts are complete. */
const listed = 500
const exampleCount = 20
const excerptLength = 120

/** Finds out what linking a table would do, without doing it. Changes come in the order of the objects' ids. Throws `inventory.noColumn`. */
export function planLink(
  table: Table,
  { file, number, rules, joins }: FullLinkOptions,
  objects: readonly ObjectToLink[]
): { plan: LinkPlan; changes: RowChange[] } {
  const column = table.columns.indexOf(number)
  if (column < 0) throw new AppError('inventory.noColumn', { file, column: number, columns: table.columns.join(', ') })
  const rows = table.rows.flatMap((cells, index) => {
    const text = cell(cells, column)
    return text === '' ? [] : [{ row: index + 1, number: text }]
  })
  const numbered = objects.flatMap(({ id, number: own }) => (own === null || own === '' ? [] : [{ id, number: own }]))
  const { joined, doubts } = matchRows(numbered, rows, rules, joins)
  const numberOf = (row: number): string => cell(cell(table.rows, row - 1), column)
  const byId = new Map(objects.map((object) => [object.id, object]))
  const labelOf = (id: number): string => byId.get(id)?.label ?? ''

  const { difference, changes } = compare(table, objects, (id) => joined.get(id)?.row ?? null, numberOf)
  const count = (by: string): number => [...joined.values()].filter((each) => each.by === by).length
  const joinedRows = new Set([...joined.values()].map(({ row }) => row))
  const freeRows = rows.filter(({ row }) => !joinedRows.has(row))
  const freeObjects = objects.filter(({ id }) => !joined.has(id))
  return {
    changes,
    plan: {
      rows: rows.length,
      objects: objects.length,
      exact: count('exact'),
      byRule: count('rule'),
      byRuleExamples: [...joined]
        .filter(([, { by }]) => by === 'rule')
        .slice(0, exampleCount)
        .map(([id, { row }]) => ({ label: labelOf(id), number: numberOf(row) })),
      decided: count('person'),
      doubts: doubts.slice(0, listed).map((doubt): Doubt => ({
        ...doubt,
        label: labelOf(doubt.objectId),
        number: numberOf(doubt.row),
        excerpt: excerpt(cell(table.rows, doubt.row - 1), column)
      })),
      doubtCount: doubts.length,
      unmatchedRows: freeRows.length,
      unmatchedRowExamples: freeRows.slice(0, exampleCount).map((row) => row.number),
      unmatchedObjects: freeObjects.length,
      unmatchedObjectExamples: freeObjects.slice(0, exampleCount).map(({ label }) => label),
      difference
    }
  }
}

function excerpt(cells: readonly string[], numberColumn: number): string {
  const text = cells.filter((text, index) => index !== numberColumn && text !== '').join(' · ')
  return text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text
}

/** What changes compared with the objects' current rows. */
function compare(
  table: Table,
  objects: readonly ObjectToLink[],
  rowOf: (objectId: number) => number | null,
  numberOf: (row: number) => string
): { difference: LinkPlan['difference']; changes: RowChange[] } {
  const changes: RowChange[] = []
  const perColumn = new Map<string, number>()
  const examples: LinkPlan['difference']['examples'] = []
  const columnsBefore = new Set<string>()
  let [added, removed, changed, same] = [0, 0, 0, 0]
  for (const { id, label, cells: beforeJson } of [...objects].sort((a, b) => a.id - b.id)) {
    const row = rowOf(id)
    const before = beforeJson === null ? null : (JSON.parse(beforeJson) as Record<string, string>)
    for (const column in before) columnsBefore.add(column)
    if (row === null) {
      if (before === null) continue
      removed++
      changes.push({ objectId: id, number: '', cells: null })
      continue
    }
    const after = cellsOf(table, row)
    if (before === null) added++
    else {
      const columns = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((column) => before[column] !== after[column])
      if (columns.length === 0) {
        same++
        continue
      }
      changed++
      for (const column of columns) {
        perColumn.set(column, (perColumn.get(column) ?? 0) + 1)
        if (examples.length < listed)
          examples.push({ objectId: id, label, column, before: before[column] ?? '', after: after[column] ?? '' })
      }
    }
    changes.push({ objectId: id, number: numberOf(row), cells: JSON.stringify(after) })
  }
  const hadInventory = columnsBefore.size > 0
  return {
    changes,
    difference: {
      added,
      removed,
      changed,
      same,
      columns: [...perColumn].map(([column, count]) => ({ column, changed: count })).sort((a, b) => b.changed - a.changed),
      newColumns: hadInventory ? table.columns.filter((column) => !columnsBefore.has(column)) : [],
      missingColumns: [...columnsBefore].filter((column) => !table.columns.includes(column)),
      examples
    }
  }
}

/** The filled cells of a row by their columns. */
function cellsOf({ columns, rows }: Table, row: number): Record<string, string> {
  const texts = cell(rows, row - 1)
  return Object.fromEntries(columns.flatMap((column, index) => (texts[index] ? [[column, texts[index]]] : [])))
}
