import type { Facet } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'

/** What a row of a file says about one object, before the object is found. */
export interface BringInEntry {
  /** Line of the file, from 1. */
  readonly line: number
  /** What the row calls its object or picture: file names and inventory numbers, the surest first. */
  readonly names: readonly string[]
  /** Terms that are right, by facet; a facet that is not filled is not named. */
  readonly accepted: Partial<Record<Facet, readonly TermKey[]>>
  /** Labels that the vocabulary does not have. */
  readonly unknown: readonly string[]
}
