import { parsePattern } from './pattern.ts'

type Translate = (key: string) => string

const arrows: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' }
const named = new Set(['Enter', 'Space', 'Escape', 'PageDown', 'PageUp', 'Home', 'End', 'ContextMenu'])

/** A pattern as a person reads it on a key: "Maj+1–0", "Av Pàg". */
export function patternLabel(text: string, t: Translate, platform: string = navigator.platform): string {
  const pattern = parsePattern(text)
  const parts = []
  if (pattern.ctrl) parts.push(platform.startsWith('Mac') ? '⌘' : 'Ctrl')
  if (pattern.shift) parts.push(t('keys.name.Shift'))
  parts.push(keyLabel(pattern.key, t))
  return parts.join('+')
}

function keyLabel(key: string, t: Translate): string {
  if (key.startsWith('Num') && key.length > 3) return `${t('keys.name.Pad')} ${key.slice(3).replace('-', '–')}`
  if (/^\d-\d$/.test(key)) return key.replace('-', '–')
  return arrows[key] ?? (named.has(key) ? t(`keys.name.${key}`) : key)
}

/** The characters that the current keyboard types without Shift or AltGr; null if the browser does not tell. */
export async function plainSigns(): Promise<ReadonlySet<string> | null> {
  const keyboard = (navigator as { keyboard?: { getLayoutMap?(): Promise<Iterable<[string, string]>> } }).keyboard
  if (keyboard?.getLayoutMap === undefined) return null
  try {
    return new Set([...(await keyboard.getLayoutMap())].map(([, sign]) => sign))
  } catch {
    return null
  }
}

/**
 * The patterns of an action that this keyboard can type without meeting a digit command: on the Spanish layout `/` is
 * Shift+7, which rejects suggestion 7, so that Ctrl+F stands first there (docs/interface.md, "Keys").
 */
export function usablePatterns(keys: readonly string[], signs: ReadonlySet<string> | null): readonly string[] {
  if (signs === null) return keys
  const usable = keys.filter((key) => !['/', '[', ']'].includes(key) || signs.has(key))
  return usable.length > 0 ? usable : keys
}
