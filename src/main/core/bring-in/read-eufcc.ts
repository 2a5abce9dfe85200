import { facets } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { eufccColumnOf } from '../exchange/eufcc.ts'
import { keysOfLabel, labelsOfCell } from '../exchange/eufcc-cell.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { BringInEntry } from './entry.ts'

/** Columns that name the picture of a row, most reliable first; the shared datasets add `file`. */
const nameColumns = ['#portraitMedia.original', 'file', 'idInSource']

/** A row in the dataset's dialect. Its labels count as accepted if the vocabulary has them and they can be assigned. */
export function readEufccRow(
  row: Readonly<Record<string, string>>,
  line: number,
  vocabulary: Pick<Vocabulary, 'has' | 'assignable'>
): BringInEntry {
  const accepted: Partial<Record<(typeof facets)[number], TermKey[]>> = {}
  const unknown: string[] = []
  for (const facet of facets) {
    for (const label of labelsOfCell(row[eufccColumnOf[facet]] ?? '')) {
      const keys = keysOfLabel(facet, label)
      if (keys.every((key) => vocabulary.has(key) && vocabulary.assignable(key))) (accepted[facet] ??= []).push(...keys)
      else unknown.push(label.join(' | '))
    }
  }
  const names = nameColumns.map((column) => (row[column] ?? '').trim()).filter((name) => name !== '')
  return { line, names, accepted, unknown }
}
