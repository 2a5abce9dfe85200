import { linesOf } from './lines.ts'
import type { Thesaurus } from './thesaurus.ts'

/** Shape of resources/vocabulary/catalan.json; written and described by scripts/vocabulary. */
interface CatalanFile {
  id: number[]
  label: string
  words: string
}

/** Catalan labels of AAT rows that no thesaurus has approved: shown with a mark, and searched. */
export interface CatalanLabels {
  /** The label that may be shown; null if there is none. */
  labelOf(row: number): string | null
  /** Words used only for searching: synonyms, and labels too uncertain to be shown. */
  wordsOf(row: number): string[]
}

/** Reads catalan.json. */
export function readCatalanLabels(text: string, thesaurus: Thesaurus): CatalanLabels {
  const file = JSON.parse(text) as CatalanFile
  const labels = linesOf(file.label)
  const words = linesOf(file.words)
  const lineOf = new Map<number, number>()
  let id = 0
  file.id.forEach((step, line) => lineOf.set(thesaurus.rowOf((id += step)), line))
  const at = (lines: typeof labels, row: number): string => {
    const line = lineOf.get(row)
    return line === undefined ? '' : lines.at(line)
  }
  return {
    labelOf: (row) => at(labels, row) || null,
    wordsOf: (row) =>
      at(words, row)
        .split(';')
        .filter((word) => word !== '')
  }
}
