import type { Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { labelSeparator, pathSeparator } from './eufcc.ts'

/** A marker of curators that the published records hold; it is no term and nobody need correct it. */
const curationMarker = 'ELIMINAR'

/** The labels of a cell of the dataset, each as the steps of its path; markers of curators are left out. */
export function labelsOfCell(cell: string): string[][] {
  return cell
    .split(labelSeparator)
    .map((label) =>
      label
        .split(pathSeparator)
        .map((part) => part.trim())
        .filter((part) => part !== '')
    )
    .filter((path) => path.length > 0 && !path.includes(curationMarker))
}

/** The keys that a label stands for: its path's, but each step of a discipline by itself, since those lie flat. */
export function keysOfLabel(facet: Facet, path: readonly string[]): TermKey[] {
  return facet === 'disciplines' ? path.map((part) => `${facet}/${part}`) : [`${facet}/${path.join(pathSeparator)}`]
}
