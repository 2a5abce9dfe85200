/**
 * The value at an index of a list that is known to have one: a column of a tree at a node, a list at an index just counted. An
 * index outside the list is a bug of the caller and throws a RangeError.
 */
export function cell<T>(list: readonly T[], index: number): T {
  const value = list[index]
  return value === undefined ? outside(list.length, index) : value
}

/** The same for columns of numbers; a separate function keeps loops over tens of thousands of nodes fast. */
export function numberAt(column: Int32Array, index: number): number {
  return column[index] ?? outside(column.length, index)
}

function outside(length: number, index: number): never {
  throw new RangeError(`no index ${index} in a list of ${length}`)
}
