import type { MatchRules } from '../model/inventory.ts'
import { foldText } from './fold.ts'

/** Characters that museums write between the parts of a number, in all their variants. */
const separators = /[-‐-―−_/\\.·]+/g

/** All rules at once, for pairs that are proposed but never joined automatically. */
const widest: MatchRules = { spaces: true, zeros: true, dashes: true, case: true, prefixes: [] }

/** The number as a museum wrote it, without white space around it and with letters composed. */
export function plainNumber(number: string): string {
  return number.normalize('NFC').trim()
}

/**
 * The normal form of an inventory number: two spellings are the same under the rules if it is equal. A separator between two digits is kept
 * (`12/3` is `12-3`, never `123`); elsewhere it is removed (`MUS-12` is `MUS12`).
 */
export function matchKey(number: string, rules: MatchRules): string {
  let key = withoutPrefix(plainNumber(number), rules)
  if (rules.case) key = foldText(key)
  if (rules.spaces) key = key.replace(/\s+/g, '')
  if (rules.dashes) {
    key = key
      .replace(separators, '-')
      .replace(/(?<!\d)\s*-\s*|\s*-\s*(?!\d)/g, '')
      .replace(/\s*-\s*/g, '-')
  }
  if (rules.zeros) key = key.replace(/(?<!\d)0+(?=\d)/g, '')
  return key
}

/** The widest form: all rules, without leading letters, without any separator. */
export function looseKey(number: string): string {
  return matchKey(number, widest)
    .replace(/^\p{L}+(?=\d)/u, '')
    .replaceAll('-', '')
}

function withoutPrefix(number: string, { prefixes, case: anyCase }: MatchRules): string {
  const compared = anyCase ? foldText(number) : number
  const found = prefixes
    .map((prefix) => (anyCase ? foldText(prefix) : prefix.trim()))
    .sort((a, b) => b.length - a.length)
    .find((prefix) => compared.startsWith(prefix) && compared.length > prefix.length)
  return found === undefined ? number : compared.slice(found.length).trim()
}
