/**
 * The value at a place of a list that is known to have one: a column of a tree at a node, a list at a place just counted. A place
 * outside of the list is a bug of the caller and ends in a RangeError.
 */
export function cell<T>(list: readonly T[], place: number): T {
  const value = list[place]
  return value === undefined ? outside(list.length, place) : value
}

/** The same for columns of numbers, apart so that loops over tens of thousands of nodes stay fast. */
export function numberAt(column: Int32Array, place: number): number {
  return column[place] ?? outside(column.length, place)
}

function outside(length: number, place: number): never {
  throw new RangeError(`no place ${place} in a list of ${length}`)
}
