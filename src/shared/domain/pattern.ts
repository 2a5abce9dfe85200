import type { ErrorData } from '../errors.ts'

/**
 * Patterns of inventory numbers in file names. A pattern is literal text with tokens in braces:
 *
 * - `{num}` the inventory number: any text with a digit in it; `{num:digits}` digits only, `{num:any}` also without a digit
 * - `{view}` the view of the object: any text; `{view:letters}` letters only, `{view:digits}` digits only
 * - `{*}` a part that does not matter
 * - `[…]` a part that may be missing, once in a pattern: `{num}[_{view}]`
 * - `/` separates folders: `{num}/{view}` takes the number from the folder's name, `{folder}/{num}` says that it does not matter
 *
 * Letter case and the file's ending do not count. In Catalan `{vista}`, `{carpeta}`, `:xifres`, `:lletres` and
 * `:qualsevol` do as well.
 * A name that does not fit has no number: nothing is ever guessed.
 */
export interface Pattern {
  /** Levels of folders that the pattern speaks about. */
  readonly depth: number
  /** The pattern with its optional part first, then without. */
  readonly variants: readonly (readonly PatternPart[])[]
}

export type PatternPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'token'; readonly token: Token; readonly only: Only | null }
type Token = 'num' | 'view' | 'ignored'
type Only = 'digits' | 'letters' | 'any'

/** What a pattern reads from a name, the texts exactly as they stand there. */
export interface PatternMatch {
  readonly inventoryNumber: string
  readonly view: string | null
}

export interface PatternError {
  readonly code: string
  readonly data: ErrorData
}

const tokens: Readonly<Record<string, Token>> = {
  num: 'num',
  view: 'view',
  vista: 'view',
  '*': 'ignored',
  folder: 'ignored',
  carpeta: 'ignored'
}
const restrictions: Readonly<Record<string, Only>> = {
  digits: 'digits',
  xifres: 'digits',
  letters: 'letters',
  lletres: 'letters',
  any: 'any',
  qualsevol: 'any'
}
/** Patterns that fit how most collections name their files, by the name of their description. */
export const patternPresets = {
  num: '{num}',
  numView: '{num}_{view}',
  numMaybeView: '{num}[_{view}]',
  numHyphenView: '{num}-{view}',
  digitsLetters: '{num:digits}{view:letters}',
  numParentheses: '{num} ({view})',
  folderNum: '{num}/{view}'
} as const
export type PatternPreset = keyof typeof patternPresets

const endings = /\.(jpe?g|jpe|jfif|png|tiff?|webp|avif|gif|heic|heif|hif|bmp|jp2|jxl|psd)$/i
const longest = 200

/**
 * Reads a pattern. An empty one is no pattern: null. Mistakes are returned as an error code with its data, to be shown while
 * typing.
 */
export function parsePattern(text: string): { pattern: Pattern | null; error: PatternError | null } {
  const written = text.normalize('NFC').trim()
  if (written === '') return { pattern: null, error: null }
  try {
    const levels = written.replaceAll('\\', '/').replace(/^\/+/, '').replace(endings, '')
    if (levels.length > longest) throw mistake('pattern.tooLong', { limit: longest })
    const variants = expandOptional(levels).map(readParts)
    for (const parts of variants) check(parts)
    return {
      pattern: { depth: levels.split('/').length - 1, variants },
      error: null
    }
  } catch (error) {
    if (error instanceof Mistake) return { pattern: null, error: { code: error.code, data: { pattern: written, ...error.data } } }
    throw error
  }
}

/**
 * Reads number and view from a path, null if it does not fit. With a pattern of n folder levels the last n folders of
 * the path count; `path` has `/` between its parts.
 */
export function matchPattern(pattern: Pattern, path: string): PatternMatch | null {
  return match(pattern, path, true)
}

/** Whether a path would match the pattern if `{num}` needed no digit. */
export function lacksDigit(pattern: Pattern, path: string): boolean {
  return match(pattern, path, true) === null && match(pattern, path, false) !== null
}

/**
 * The folder inside which pictures of one number are views of one object: the path without the levels that the pattern
 * reads. Empty for the imported folder itself. Relative to the imported folder, like `path`.
 */
export function groupFolder(pattern: Pattern, path: string): string {
  return path
    .split('/')
    .slice(0, -1 - pattern.depth)
    .join('/')
}

function match(pattern: Pattern, path: string, needsDigit: boolean): PatternMatch | null {
  const levels = path.normalize('NFC').replace(endings, '').split('/')
  if (levels.length <= pattern.depth) return null
  const name = levels.slice(-1 - pattern.depth).join('/')
  for (const parts of pattern.variants) {
    const found = matchParts(parts, name, needsDigit)
    const inventoryNumber = found?.num?.trim() ?? ''
    if (inventoryNumber !== '') return { inventoryNumber, view: found?.view?.trim() || null }
  }
  return null
}

/**
 * Matches the whole of a name, tokens taking as much as they can. Failed states are remembered, so the time is at most quadratic in
 * the name's length; a regular expression can take hours for a hostile name.
 */
function matchParts(parts: readonly PatternPart[], name: string, needsDigit: boolean): Partial<Record<Token, string>> | null {
  const dead = new Set<number>()

  function from(index: number, at: number): Partial<Record<Token, string>> | null {
    const part = parts[index]
    if (part === undefined) return at === name.length ? {} : null
    const state = index * (name.length + 1) + at
    if (dead.has(state)) return null
    const found = part.kind === 'text' ? afterText(part.text, index, at) : afterToken(part, index, at)
    if (found === null) dead.add(state)
    return found
  }

  function afterText(text: string, index: number, at: number): Partial<Record<Token, string>> | null {
    const end = at + text.length
    return name.slice(at, end).toLowerCase() === text.toLowerCase() ? from(index + 1, end) : null
  }

  function afterToken(part: Extract<PatternPart, { kind: 'token' }>, index: number, at: number): Partial<Record<Token, string>> | null {
    const shortest = part.token === 'ignored' ? at : at + 1
    let end = at
    while (end < name.length && fits(name.charAt(end), part.only)) end++
    for (; end >= shortest; end--) {
      const taken = name.slice(at, end)
      if (part.token === 'num' && part.only === null && needsDigit && !/\d/.test(taken)) return null
      const rest = from(index + 1, end)
      if (rest !== null) return { ...rest, [part.token]: taken }
    }
    return null
  }

  return from(0, 0)
}

function fits(character: string, only: Only | null): boolean {
  if (only === 'digits') return /\d/.test(character)
  return only === 'letters' ? /\p{L}/u.test(character) : character !== '/'
}

class Mistake extends Error {
  readonly code: string
  readonly data: ErrorData

  constructor(code: string, data: ErrorData) {
    super(code)
    this.code = code
    this.data = data
  }
}

function mistake(code: string, data: ErrorData = {}): Mistake {
  return new Mistake(code, data)
}

/** `a[b]c` as `abc` and `ac`. */
function expandOptional(text: string): string[] {
  const opening = text.indexOf('[')
  const closing = text.indexOf(']')
  if (opening === -1 && closing === -1) return [text]
  if (opening === -1 || closing < opening) throw mistake('pattern.bracket')
  const [before, inside, after] = [text.slice(0, opening), text.slice(opening + 1, closing), text.slice(closing + 1)]
  if (/[[\]]/.test(inside + after)) throw mistake('pattern.bracket')
  if (inside.includes('/')) throw mistake('pattern.bracketFolder')
  return [before + inside + after, before + after]
}

function readParts(text: string): PatternPart[] {
  const parts: PatternPart[] = []
  for (const [piece] of text.matchAll(/\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (piece === '{' || piece === '}') throw mistake('pattern.brace')
    if (!piece.startsWith('{')) {
      parts.push({ kind: 'text', text: piece })
      continue
    }
    const [name = '', restriction, ...more] = piece.slice(1, -1).trim().toLowerCase().split(':')
    const token = tokens[name]
    const only = restriction === undefined ? null : restrictions[restriction]
    if (token === undefined || only === undefined || more.length > 0 || (token === 'ignored' && only !== null))
      throw mistake('pattern.token', { token: piece })
    parts.push({ kind: 'token', token, only })
  }
  return parts
}

function check(parts: readonly PatternPart[]): void {
  const count = (token: Token): number => parts.filter((part) => part.kind === 'token' && part.token === token).length
  if (count('num') === 0) throw mistake('pattern.noNumber')
  if (count('num') > 1) throw mistake('pattern.twice', { token: '{num}' })
  if (count('view') > 1) throw mistake('pattern.twice', { token: '{view}' })
  if (count('ignored') > 4) throw mistake('pattern.tooManyIgnored', { limit: 4 })
  parts.forEach((part, index) => {
    const next = parts[index + 1]
    // Two adjacent tokens of any text could be split anywhere, which would be a guess.
    if (part.kind !== 'token' || next?.kind !== 'token') return
    if (isOpen(part.only) || isOpen(next.only) || part.only === next.only) throw mistake('pattern.sideBySide')
  })
}

/** Whether a token takes any text. */
function isOpen(only: Only | null): boolean {
  return only === null || only === 'any'
}
