import { matchPattern, parsePattern } from '../../../shared/domain/pattern.ts'
import type { NumberChange, NumberScope, NumberTrial } from '../../../shared/model/numbering.ts'
import { objectLabel } from '../annotation/cards.ts'
import type { Catalogue } from '../operations/catalogue.ts'

/** Maximum number of changes shown in a trial. */
const mostShown = 200

/** Number of files offered as examples to learn a pattern from. */
const taughtFrom = 3

/** The result of a pattern for the objects of a scope, in the order of their ids. */
export interface NumberPlan extends NumberTrial {
  readonly changes: NumberChange[]
}

/** Works out which numbers a pattern gives to the objects of a scope, and which of them would be duplicates. */
export async function planNumbers(catalogue: Catalogue, text: string, scope: NumberScope): Promise<NumberPlan> {
  const files = await catalogue.read('numberedFiles', scope)
  const samples = files.flatMap(({ path, number }) => (path === null ? [] : [{ file: path, number: number ?? '' }])).slice(0, taughtFrom)
  const { pattern, error } = parsePattern(text)
  if (pattern === null)
    return { objects: files.length, unmatched: files.length, same: 0, changed: 0, doubles: 0, changes: [], samples, error }
  const inTheEnd = new Map((await catalogue.read('numbersInUse')).map(({ objectId, number }) => [objectId, number]))
  let same = 0
  let unmatched = 0
  const found: Omit<NumberChange, 'double'>[] = []
  for (const { objectId, number, path } of files) {
    const after = path === null ? undefined : matchPattern(pattern, path)?.inventoryNumber
    if (after === undefined) unmatched++
    else if (after === number) same++
    else {
      found.push({ objectId, label: objectLabel(objectId, number, path), file: path ?? '', before: number, after })
      inTheEnd.set(objectId, after)
    }
  }
  const counts = new Map<string, number>()
  for (const number of inTheEnd.values()) counts.set(number, (counts.get(number) ?? 0) + 1)
  const changes = found.map((change) => ({ ...change, double: (counts.get(change.after) ?? 0) > 1 }))
  const doubles = changes.filter(({ double }) => double).length
  return { objects: files.length, unmatched, same, changed: changes.length, doubles, changes, samples, error: null }
}

/** The trial of a plan: only the first changes, duplicates before the others. */
export function trialOf({ changes, ...plan }: NumberPlan): NumberTrial {
  const first = [...changes.filter(({ double }) => double), ...changes.filter(({ double }) => !double)]
  return { ...plan, changes: first.slice(0, mostShown) }
}
