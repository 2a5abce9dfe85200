import { describe, expect, it } from 'vitest'
import { groupFolder, lacksDigit, matchPattern, parsePattern, patternPresets, type Pattern } from './pattern.ts'

function read(pattern: string, path: string): [string, string | null] | null {
  const parsed = parsePattern(pattern)
  if (parsed.pattern === null) throw new Error(`${pattern}: ${parsed.error?.code}`)
  const match = matchPattern(parsed.pattern, path)
  return match === null ? null : [match.inventoryNumber, match.view]
}

describe('a pattern reads', () => {
  it.each([
    ['{num}_{view}', 'MUS_01234_a.jpg', ['MUS_01234', 'a']],
    ['{num}_{vista}.jpg', 'MUS_01234_a.TIF', ['MUS_01234', 'a']],
    ['MUS_{num}_{view}', 'mus_01234_a.jpg', ['01234', 'a']],
    ['{num}', '0012.jpg', ['0012', null]],
    ['{num}[_{view}]', 'M-12.jpg', ['M-12', null]],
    ['{num}[_{view}]', 'M-12_verso.jpg', ['M-12', 'verso']],
    ['{num:digits}{view:letters}', '0123b.jpg', ['0123', 'b']],
    ['MUS {num:digits}{view:letters}', 'MUS 12b.png', ['12', 'b']],
    ['{num}', 'Ce\u0301ramique 3.jpg', ['C\u00e9ramique 3', null]],
    ['{*}_{num}', 'photo session_1999.12.jpg', ['1999.12', null]],
    ['{num}/{view}', 'all/MUS 7/front.jpg', ['MUS 7', 'front']],
    ['{folder}/{num}_{view}', 'shoes/A1_2.jpg', ['A1', '2']],
    ['{num} ({view})', 'A.1 (2).jpg', ['A.1', '2']],
    ['{num}_{view}', '花瓶12_正面.jpg', ['花瓶12', '正面']],
    ['{num}', 'name.with.dots.3', ['name.with.dots.3', null]],
    ['\\{num}', '12.jpg', ['12', null]],
    ['{num:any}', 'portrait.jpg', ['portrait', null]],
    ['{num:qualsevol}_{view}', 'Retaule major_verso.jpg', ['Retaule major', 'verso']],
    ['{num:letters}{view:digits}', 'AB2.jpg', ['AB', '2']]
  ])('%s from %s', (pattern, path, expected) => {
    expect(read(pattern, path)).toEqual(expected)
  })

  it.each([
    ['{num}_{view}', 'IMG_2201.jpg'],
    ['{num}', 'portrait.jpg'],
    ['MUS {num}', 'CAT 12.jpg'],
    ['{num:digits}', 'A12.jpg'],
    ['{num}/{view}', '12.jpg'],
    ['{num}_{view}', 'a/12/b.jpg']
  ])('nothing with %s from %s, and does not guess', (pattern, path) => {
    expect(read(pattern, path)).toBeNull()
  })
})

describe('a wrong pattern is named', () => {
  it.each([
    ['{view}', 'pattern.noNumber'],
    ['{num}_{num}', 'pattern.twice'],
    ['{num}_{side}', 'pattern.token'],
    ['{num:roman}', 'pattern.token'],
    ['{num', 'pattern.brace'],
    ['{num}_}', 'pattern.brace'],
    ['{num}[_{view}', 'pattern.bracket'],
    ['{num}[a][b]', 'pattern.bracket'],
    ['[{num}]', 'pattern.noNumber'],
    ['{num}[/{view}]', 'pattern.bracketFolder'],
    ['{num}{view}', 'pattern.sideBySide'],
    ['{view}{num:digits}', 'pattern.sideBySide'],
    ['{num}{view:letters}', 'pattern.sideBySide'],
    ['{num:any}{view:letters}', 'pattern.sideBySide'],
    ['{*}{*}{*}{*}{*}{num}', 'pattern.tooManyIgnored'],
    [`${'x'.repeat(300)}{num}`, 'pattern.tooLong']
  ])('%s', (pattern, code) => {
    expect(parsePattern(pattern)).toMatchObject({ pattern: null, error: { code } })
  })

  it('but an empty one is none', () => {
    expect(parsePattern('  ')).toEqual({ pattern: null, error: null })
  })
})

function parsed(text: string): Pattern {
  const { pattern } = parsePattern(text)
  if (pattern === null) throw new Error(text)
  return pattern
}

it('every preset is a pattern', () => {
  for (const text of Object.values(patternPresets)) expect(parsePattern(text).error).toBeNull()
})

it('tells a name that only lacks a digit from one that does not fit', () => {
  expect(lacksDigit(parsed('{num}_{view}'), 'vase_front.jpg')).toBe(true)
  expect(lacksDigit(parsed('{num}_{view}'), 'vase.jpg')).toBe(false)
  expect(lacksDigit(parsed('{num}_{view}'), 'vase1_front.jpg')).toBe(false)
})

it.each([
  ['{num}_{view}', 'a/b/12_x.jpg', 'a/b'],
  ['{num}_{view}', '12_x.jpg', ''],
  ['{num}/{view}', 'a/12/x.jpg', 'a'],
  ['{num}/{view}', '12/x.jpg', ''],
  ['{num}/{*}/{view}', '12/b/x.jpg', '']
])('with %s, views from %s belong to the folder “%s”', (text, path, folder) => {
  expect(groupFolder(parsed(text), path)).toBe(folder)
})

it('answers for names that would keep a matcher that forgets what it tried busy for years', () => {
  expect(matchPattern(parsed('{*}_{*}_{*}_{*}_{num}_{view}x'), '_1'.repeat(300))).toBeNull()
})
