import type { Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'

/** What a row of a file says about one object, before the object is found. */
export interface BringInEntry {
  /** Line of the file, from 1. */
  readonly line: number
  /** The names by which the row refers to its object or picture: file names and inventory numbers, most reliable first. */
  readonly names: readonly string[]
  /** The accepted terms by facet; an empty facet is left out. */
  readonly accepted: Partial<Record<Facet, readonly TermKey[]>>
  /** Labels that the vocabulary does not have. */
  readonly unknown: readonly string[]
}
