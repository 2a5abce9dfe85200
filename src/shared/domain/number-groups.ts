import { groupFolder, lacksDigit, matchPattern, type Pattern } from './pattern.ts'

/** Pictures that become views of one object, because their names give one number. */
export interface NumberGroup {
  readonly number: string
  /** Folder of the views below the imported folder, empty for that itself; the first one where views come from several. */
  readonly folder: string
  readonly folders: number
  readonly views: readonly { readonly name: string; readonly view: string | null }[]
  /**
   * Whether the object gets the number. Where several folders give the same number and are not joined, only the first folder
   * in the order of names gets it; a number belongs to one object.
   */
  readonly keepsNumber: boolean
}

export interface NumberGroups {
  readonly groups: readonly NumberGroup[]
  /** Names from which no number is read. */
  readonly unmatched: readonly string[]
  /** How many of them would fit if `{num}` needed no digit. */
  readonly lackDigit: number
}

/**
 * Groups the pictures of an import by number and folder. `names` are paths below the imported folder in any order; the result
 * does not depend on it. With `acrossFolders`, pictures of one number belong together wherever they lie.
 */
export function groupByNumber(pattern: Pattern, names: readonly string[], acrossFolders: boolean): NumberGroups {
  const groups = new Map<string, { number: string; folders: Set<string>; views: { name: string; view: string | null }[] }>()
  const unmatched: string[] = []
  let lackDigit = 0
  for (const name of [...names].sort(byName)) {
    const found = matchPattern(pattern, name)
    if (found === null) {
      unmatched.push(name)
      if (lacksDigit(pattern, name)) lackDigit++
      continue
    }
    const folder = groupFolder(pattern, name)
    const key = acrossFolders ? found.inventoryNumber : `${found.inventoryNumber}\n${folder}`
    const group = groups.get(key) ?? { number: found.inventoryNumber, folders: new Set(), views: [] }
    group.folders.add(folder)
    group.views.push({ name, view: found.view })
    groups.set(key, group)
  }
  const owned = new Set<string>()
  return {
    groups: [...groups.values()].map(({ number, folders, views }) => {
      const keepsNumber = !owned.has(number)
      owned.add(number)
      const [folder = ''] = folders
      return { number, folder, folders: folders.size, views, keepsNumber }
    }),
    unmatched,
    lackDigit
  }
}

/** For every number that several folders give, the folder that gets it; empty if pictures are joined across folders. */
export function contestedNumbers(pattern: Pattern, names: Iterable<string>): Map<string, string> {
  const first = new Map<string, { name: string; folder: string }>()
  const contested = new Set<string>()
  for (const name of names) {
    const number = matchPattern(pattern, name)?.inventoryNumber
    if (number === undefined) continue
    const folder = groupFolder(pattern, name)
    const before = first.get(number)
    if (before !== undefined && before.folder !== folder) contested.add(number)
    if (before === undefined || byName(name, before.name) < 0) first.set(number, { name, folder })
  }
  return new Map([...contested].map((number) => [number, first.get(number)?.folder ?? '']))
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
