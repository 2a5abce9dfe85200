import { describe, expect, it } from 'vitest'
import { createTranslations } from '../locales/i18n.ts'
import { keymap, type KeyAction, type KeyScope } from './keymap.ts'
import { usablePatterns } from './labels.ts'
import { parsePattern } from './pattern.ts'
import { keyRows, searchKeys } from './rows.ts'

const actions = keymap as readonly KeyAction[]
const sources = import.meta.glob<string>(['../**/*.{ts,vue}', '!../**/*.test.ts', '!../keys/keymap.ts'], {
  eager: true,
  query: '?raw',
  import: 'default'
})
const code = Object.values(sources).join('\n')

/** Scopes that can be asked for the same press at the same time. */
const together: readonly (readonly KeyScope[])[] = [
  ['record', 'everywhere'],
  ['sheet', 'everywhere'],
  ['tree', 'everywhere']
]

describe('the keymap', () => {
  it('gives no press two meanings in one place', () => {
    for (const scopes of together) {
      const taken = new Map<string, string>()
      for (const { id, scope, keys } of actions) {
        if (!scopes.includes(scope)) continue
        for (const key of keys) {
          expect(taken.get(key), `${key} of ${id}`).toBeUndefined()
          taken.set(key, id)
        }
      }
    }
  })

  it('never uses Ctrl+Alt, which is AltGr on Windows', () => {
    expect(actions.flatMap(({ keys }) => keys).filter((key) => key.includes('Alt'))).toEqual([])
  })

  it('repeats a held key for movement and zoom only', () => {
    expect(actions.filter(({ repeats }) => repeats).every(({ section }) => section === 'move' || section === 'image')).toBe(true)
  })

  it('lists no key without a handler', () => {
    const silent = actions.filter(({ id, byWidget }) => byWidget !== true && !code.includes(`'${id}'`)).map(({ id }) => id)
    expect(silent).toEqual([])
  })

  it('has words for every action in both languages', () => {
    for (const language of ['ca', 'en'] as const) {
      const { t } = createTranslations(language).global
      const bare = keyRows(t, null).filter((row) => row.words === `keys.action.${row.id}`)
      expect(bare, language).toEqual([])
    }
  })

  it('names only keys that patterns can read', () => {
    for (const key of actions.flatMap(({ keys }) => keys)) expect(parsePattern(key).key, key).not.toContain('+'.repeat(2))
    expect(parsePattern('+').key).toBe('+')
  })
})

describe('the key sheet', () => {
  const { t } = createTranslations('ca').global
  const rows = keyRows(t, null)

  it('is searched by words without accents and by keys', () => {
    expect(searchKeys(rows, 'certésa').map(({ id }) => id)).toContain('record.certainty')
    expect(searchKeys(rows, 'x').map(({ id }) => id)).toContain('record.rejectRest')
    expect(searchKeys(rows, 'xyzzy')).toEqual([])
    expect(searchKeys(rows, '  ')).toEqual(rows)
  })

  it('shows the binding that the layout can type: no / where it needs Shift', () => {
    const spanish = new Set(['1', '7', 'ñ', "'", '+'])
    expect(usablePatterns(['/', 'Ctrl+F', 'Num/'], spanish)).toEqual(['Ctrl+F', 'Num/'])
    expect(usablePatterns(['/', 'Ctrl+F'], new Set(['/']))).toEqual(['/', 'Ctrl+F'])
    expect(usablePatterns(['/'], spanish)).toEqual(['/'])
  })
})
