import type { Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { labelSeparator, pathSeparator } from './eufcc.ts'

/** A curators' marker in the published records; it is not a term and needs no correction. */
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

/** The keys of a label: that of its path, but for a discipline one per step, because disciplines are flat. */
export function keysOfLabel(facet: Facet, path: readonly string[]): TermKey[] {
  return facet === 'disciplines' ? path.map((part) => `${facet}/${part}`) : [`${facet}/${path.join(pathSeparator)}`]
}
