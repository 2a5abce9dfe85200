import { keymap, type KeyAction, type KeySection } from './keymap.ts'
import { patternLabel, usablePatterns } from './labels.ts'

type Translate = (key: string) => string

/** A line of the key sheet. */
export interface KeyRow {
  readonly id: string
  readonly section: KeySection
  readonly labels: readonly string[]
  readonly words: string
}

/** The keymap in words of the interface, as the keyboard in use can type it. */
export function keyRows(t: Translate, signs: ReadonlySet<string> | null): readonly KeyRow[] {
  return (keymap as readonly KeyAction[]).map(({ id, section, keys }) => ({
    id,
    section,
    labels: usablePatterns(keys, signs).map((key) => patternLabel(key, t)),
    words: t(`keys.action.${id}`)
  }))
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** The lines whose words hold every word of the query, or one of whose keys is the query; case and accents do not count. */
export function searchKeys(rows: readonly KeyRow[], query: string): readonly KeyRow[] {
  const asked = folded(query).trim()
  if (asked === '') return rows
  const words = asked.split(/\s+/)
  return rows.filter(
    (row) => row.labels.some((label) => folded(label) === asked) || words.every((word) => folded(row.words).includes(word))
  )
}
