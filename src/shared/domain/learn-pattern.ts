import { matchPattern, parsePattern } from './pattern.ts'

/** A file's path (separated by `/`) and the inventory number that a person gave it. */
export interface NumberExample {
  readonly path: string
  readonly number: string
}

const ending = /\.[^./]{1,5}$/

/**
 * The pattern of inventory numbers that fits a few corrected examples; null if none reads all of them
 * as corrected. The text before the number must be the same in all, or have the same ending; the text after it may be a view.
 */
export function learnPattern(examples: readonly NumberExample[]): string | null {
  const parts = examples.map(({ path, number }) => split(path, number))
  if (examples.length === 0 || parts.includes(null)) return null
  const known = parts.filter((part) => part !== null)
  const befores = known.map(({ before }) => before)
  const afters = known.map(({ after }) => after)
  const candidates = beginnings(befores).flatMap((before) => ends(afters).map((after) => `${before}{num}${after}`))
  return candidates.find((candidate) => reads(candidate, examples)) ?? null
}

/** The text before and after the number in the file name; null if the name does not contain it. */
function split(path: string, number: string): { before: string; after: string } | null {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(ending, '')
  const at = name.toLowerCase().indexOf(number.toLowerCase())
  return at === -1 || number === '' ? null : { before: name.slice(0, at), after: name.slice(at + number.length) }
}

function beginnings(befores: readonly string[]): string[] {
  const [first = ''] = befores
  if (befores.every((before) => before === first)) return [first]
  const common = commonEnd(befores)
  return common === '' ? [] : [`{*}${common}`]
}

function ends(afters: readonly string[]): string[] {
  const [first = ''] = afters
  const same = afters.every((after) => after === first) ? [first] : []
  const common = commonStart(afters.filter((after) => after !== ''))
  const separator = /^[^\p{L}\p{N}]+/u.exec(common)?.[0] ?? ''
  const view = afters.some((after) => after === '') ? `[${separator}{view}]` : `${separator}{view}`
  const letters = afters.some((after) => after === '') ? '[{view:letters}]' : '{view:letters}'
  return [...same, ...(separator === '' ? [letters] : [view])]
}

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const text of others) while (!text.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}

function commonEnd(texts: readonly string[]): string {
  const reversed = (text: string): string => [...text].reverse().join('')
  return reversed(commonStart(texts.map(reversed)))
}

function reads(text: string, examples: readonly NumberExample[]): boolean {
  const { pattern } = parsePattern(text)
  return pattern !== null && examples.every(({ path, number }) => matchPattern(pattern, path)?.inventoryNumber === number)
}
