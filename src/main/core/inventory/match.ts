import { looseKey, matchKey, plainNumber } from '../../../shared/domain/number-match.ts'
import type { Doubt, Join, MatchRules } from '../../../shared/model/inventory.ts'

/** An object with its inventory number, and a row of the inventory with the number in it. */
export interface NumberedObject {
  readonly id: number
  readonly number: string
}
export interface NumberedRow {
  /** Counted from 1 below the heading. */
  readonly row: number
  readonly number: string
}

/** How a row was matched to its object. */
export type JoinedBy = 'exact' | 'rule' | 'person'

export interface Matching {
  /** The row of each object that is joined. */
  readonly joined: ReadonlyMap<number, { readonly row: number; readonly by: JoinedBy }>
  readonly doubts: readonly Pick<Doubt, 'reason' | 'objectId' | 'row'>[]
}

/**
 * Joins objects and rows by their numbers, one to one. A number written the same way on both sides comes first, then numbers that are the
 * same under the rules. If either side has a number more than once, or the numbers are the same only under wider rules, the pairs
 * are doubts: only those that the person has decided (`joins`) are joined.
 */
export function matchRows(
  objects: readonly NumberedObject[],
  rows: readonly NumberedRow[],
  rules: MatchRules,
  joins: readonly Join[]
): Matching {
  const joined = new Map<number, { row: number; by: JoinedBy }>()
  const doubts: Pick<Doubt, 'reason' | 'objectId' | 'row'>[] = []
  const taken = new Set<number>()
  const rowsByNumber = new Map(rows.map((each) => [each.row, each]))
  const join = (objectId: number, row: number, by: JoinedBy): void => {
    joined.set(objectId, { row, by })
    taken.add(row)
  }
  const objectIds = new Set(objects.map(({ id }) => id))
  for (const { objectId, row } of joins)
    if (objectIds.has(objectId) && rowsByNumber.has(row) && !joined.has(objectId) && !taken.has(row)) join(objectId, row, 'person')

  /** Pairs the remaining objects and rows by key; several with the same key are handed to `doubtful`. */
  function pairUp(keyOf: (number: string) => string, by: JoinedBy, doubtful: (objectIds: number[], rows: number[]) => void): void {
    const left = groupBy(
      objects.filter(({ id }) => !joined.has(id)),
      keyOf
    )
    const right = groupBy(
      rows.filter(({ row }) => !taken.has(row)),
      keyOf
    )
    for (const [key, ofKey] of left) {
      const candidates = right.get(key)
      if (candidates === undefined || key === '') continue
      const [object] = ofKey
      const [row] = candidates
      if (ofKey.length === 1 && candidates.length === 1 && object !== undefined && row !== undefined) join(object.id, row.row, by)
      else
        doubtful(
          ofKey.map(({ id }) => id),
          candidates.map((each) => each.row)
        )
    }
  }
  const add =
    (reason: Doubt['reason']) =>
    (ids: number[], candidates: number[]): void => {
      for (const objectId of ids) for (const row of candidates) doubts.push({ reason, objectId, row })
    }

  // Two rows with exactly the number of an object are also doubtful under the rules, which find them again.
  pairUp(plainNumber, 'exact', () => undefined)
  pairUp((number) => matchKey(number, rules), 'rule', add('several'))
  const doubtful = new Set(doubts.map(({ objectId }) => objectId))
  const doubtfulRows = new Set(doubts.map(({ row }) => row))
  const left = groupBy(
    objects.filter(({ id }) => !joined.has(id) && !doubtful.has(id)),
    looseKey
  )
  const right = groupBy(
    rows.filter(({ row }) => !taken.has(row) && !doubtfulRows.has(row)),
    looseKey
  )
  for (const [key, ofKey] of left) {
    // Keys shared by very many say nothing about a pair.
    const candidates = right.get(key) ?? []
    if (key !== '' && ofKey.length * candidates.length <= mostLoosePairs)
      add('loose')(
        ofKey.map(({ id }) => id),
        candidates.map((each) => each.row)
      )
  }
  return { joined, doubts }
}

/** Maximum number of pairs per loose key that are worth showing. */
const mostLoosePairs = 9

function groupBy<T extends { readonly number: string }>(items: readonly T[], keyOf: (number: string) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item.number)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
