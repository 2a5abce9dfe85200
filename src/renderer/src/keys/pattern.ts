/**
 * Patterns of keys: modifiers and a key, joined by `+`. The key is a letter or sign (follows the sign on it: `J`, `/`), a
 * range of digits (follows the position in the top row: `1-0`, `1-4`), a digit range or sign of the numeric pad (`Num1-0`,
 * `Num/`), or a key by its name (`PageDown`, `F6`, `Space`). Rules: docs/interface.md, "Keys".
 */
export interface KeyPattern {
  readonly ctrl: boolean
  readonly shift: boolean
  readonly key: string
  readonly kind: 'letter' | 'sign' | 'digits' | 'padDigits' | 'padSign' | 'named'
}

/** What is read of a keyboard event. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'getModifierState'>

const cache = new Map<string, KeyPattern>()

/** Reads a pattern of the keymap. */
export function parsePattern(text: string): KeyPattern {
  const known = cache.get(text)
  if (known !== undefined) return known
  const ctrl = text.startsWith('Ctrl+')
  const afterCtrl = ctrl ? text.slice(5) : text
  const shift = afterCtrl.startsWith('Shift+')
  const key = shift ? afterCtrl.slice(6) : afterCtrl
  const pattern = { ctrl, shift, key, kind: kindOf(key) }
  cache.set(text, pattern)
  return pattern
}

function kindOf(key: string): KeyPattern['kind'] {
  if (/^\d-\d$/.test(key)) return 'digits'
  if (/^Num\d-\d$/.test(key)) return 'padDigits'
  if (/^Num.$/.test(key)) return 'padSign'
  if (/^[A-Z]$/.test(key)) return 'letter'
  return key.length === 1 ? 'sign' : 'named'
}

const padSigns: Record<string, string> = { 'Num/': 'NumpadDivide' }

/** Whether a pattern writes a character, so that it is silent in text fields and where single keys are switched off. */
export function isSingleKey({ ctrl, kind }: KeyPattern): boolean {
  return !ctrl && kind !== 'named'
}

/**
 * Whether a key press fits a pattern. A fit of a range of digits tells which: 1 to 9, and 10 for 0; every other fit is 1.
 * Null: it does not fit. Ctrl+Alt is AltGr on Windows and counts as no modifier; Cmd stands for Ctrl.
 */
export function fits(press: KeyPress, pattern: KeyPattern): number | null {
  const altGraph = press.getModifierState('AltGraph') || (press.ctrlKey && press.altKey)
  const ctrl = !altGraph && (press.ctrlKey || press.metaKey)
  if (ctrl !== pattern.ctrl || (press.altKey && !altGraph)) return null
  if (pattern.kind === 'sign') return press.key === pattern.key ? 1 : null
  if (altGraph || press.shiftKey !== pattern.shift) return null
  switch (pattern.kind) {
    case 'letter':
      return press.key.toUpperCase() === pattern.key ? 1 : null
    case 'named':
      return press.key === (pattern.key === 'Space' ? ' ' : pattern.key) ? 1 : null
    case 'digits':
      return digitIn(/^Digit(\d)$/.exec(press.code)?.[1], pattern.key)
    case 'padDigits':
      return /^\d$/.test(press.key) ? digitIn(/^Numpad(\d)$/.exec(press.code)?.[1], pattern.key.slice(3)) : null
    case 'padSign':
      return press.code === padSigns[pattern.key] ? 1 : null
  }
}

function digitIn(digit: string | undefined, range: string): number | null {
  if (digit === undefined) return null
  const value = Number(digit) || 10
  const [first, last] = range.split('-').map((each) => Number(each) || 10)
  return first !== undefined && last !== undefined && value >= first && value <= last ? value : null
}
