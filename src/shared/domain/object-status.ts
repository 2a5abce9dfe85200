import type { FacetState, ObjectStatus } from '../model/record.ts'

/** The status of an object from the states of its facets: none decided, some, all (docs/interface.md, "Facet states"). */
export function objectStatus(states: readonly FacetState[]): ObjectStatus {
  const open = states.filter((state) => state === 'open').length
  if (open === states.length) return 'new'
  return open === 0 ? 'closed' : 'inWork'
}
