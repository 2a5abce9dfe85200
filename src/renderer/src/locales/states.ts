import type { FacetState, ObjectStatus } from '../../../shared/model/record.ts'

/** Signs of facet states (docs/interface.md, "Facet states"). For those who cannot see them the word is in the accessible name. */
export const facetStateSigns: Record<FacetState, string> = { open: '○', closed: '✓', notApplicable: '–', notVisible: '⊘' }

/** Signs of an object's status: no facet decided, some, all. */
export const objectStatusSigns: Record<ObjectStatus, string> = { new: '○', inWork: '◐', closed: '✓' }
