import { describe, expect, it } from 'vitest'
import { looseKey, matchKey } from './number-match.ts'
import type { MatchRules } from '../model/inventory.ts'

const none: MatchRules = { spaces: false, zeros: false, dashes: false, case: false, prefixes: [] }
const all: MatchRules = { spaces: true, zeros: true, dashes: true, case: true, prefixes: [] }

describe('matchKey', () => {
  it('keeps a number as it is written without rules, but for the space around it', () => {
    expect(matchKey(' MNAT 0012-3 ', none)).toBe('MNAT 0012-3')
    expect(matchKey('e\u0301', none), 'composed').toBe('\u00e9')
  })

  it.each([
    ['spaces', 'MNAT 12', 'MNAT12'],
    ['zeros', 'MNAT 0012', 'MNAT 12'],
    ['zeros', '2004/007', '2004/7'],
    ['dashes', '12/3', '12-3'],
    ['dashes', '12.3', '12\u20133'],
    ['dashes', 'MUS-12', 'MUS12'],
    ['case', 'Mnat 12', 'MNAT 12'],
    ['case', 'MÚS 12', 'mus 12']
  ] as const)('%s: %s is %s', (rule, one, other) => {
    expect(matchKey(one, none)).not.toBe(matchKey(other, none))
    expect(matchKey(one, { ...none, [rule]: true })).toBe(matchKey(other, { ...none, [rule]: true }))
  })

  it.each([
    ['12-3', '123'],
    ['10', '1'],
    ['100', '10'],
    ['A12', 'B12'],
    ['12a', '12b'],
    ['0', '']
  ])('never makes %s and %s the same', (one, other) => {
    expect(matchKey(one, all)).not.toBe(matchKey(other, all))
  })

  it('leaves a prefix out where it stands, the longest first', () => {
    const rules = { ...none, case: true, prefixes: ['MNAT', 'mnat-p'] }
    expect(matchKey('MNAT 12', rules)).toBe('12')
    expect(matchKey('MNAT-P 12', rules)).toBe('12')
    expect(matchKey('12', rules)).toBe('12')
    expect(matchKey('MNAT', rules), 'nothing but the prefix').toBe('mnat')
  })
})

it('looseKey proposes what only differs by letters at the beginning and separators', () => {
  expect(looseKey('MNAT-12/3')).toBe(looseKey('123'))
  expect(looseKey('12a')).not.toBe(looseKey('12'))
})
