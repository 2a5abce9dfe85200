import type { FacetState, ObjectStatus } from '../../../shared/model/record.ts'

/** Signs of facet states (interface.md, 5.2). They never stand alone for those who cannot see them: the word is in the name. */
export const facetStateSigns: Record<FacetState, string> = { open: '○', closed: '✓', notApplicable: '–', notVisible: '⊘' }

/** Signs of an object's status: no facet decided, some, all. */
export const objectStatusSigns: Record<ObjectStatus, string> = { new: '○', inWork: '◐', closed: '✓' }
