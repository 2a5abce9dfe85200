/** Address of an AAT concept, as data sets name it (not the address of a page). */
export function aatUri(aatId: string): string {
  return `http://vocab.getty.edu/aat/${aatId}`
}
