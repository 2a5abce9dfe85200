import { expect, it } from 'vitest'
import { contestedNumbers, groupByNumber } from './number-groups.ts'
import { parsePattern, type Pattern } from './pattern.ts'

function parsed(text: string): Pattern {
  const { pattern } = parsePattern(text)
  if (pattern === null) throw new Error(text)
  return pattern
}

const names = ['wills/f18_r.jpg', 'book/f18_r.jpg', 'book/f18_v.jpg', 'book/f19_r.jpg', 'cover_front.jpg', 'plan.jpg']

it('pictures of one number in two folders are two objects, and the first folder gets the number', () => {
  const { groups, unmatched, lackDigit } = groupByNumber(parsed('{num}_{view}'), names, false)
  expect(groups.map(({ number, folder, keepsNumber, views }) => [number, folder, keepsNumber, views.length])).toEqual([
    ['f18', 'book', true, 2],
    ['f19', 'book', true, 1],
    ['f18', 'wills', false, 1]
  ])
  expect([unmatched, lackDigit]).toEqual([['cover_front.jpg', 'plan.jpg'], 1])
})

it('they are one object if asked for', () => {
  const { groups } = groupByNumber(parsed('{num}_{view}'), names, true)
  expect(groups.map(({ number, folders, keepsNumber, views }) => [number, folders, keepsNumber, views.length])).toEqual([
    ['f18', 2, true, 3],
    ['f19', 1, true, 1]
  ])
})

it('the order of the names does not count, and a folder that is part of the number does not divide it', () => {
  expect(groupByNumber(parsed('{num}_{view}'), names.toReversed(), false)).toEqual(groupByNumber(parsed('{num}_{view}'), names, false))
  expect(contestedNumbers(parsed('{num}_{view}'), names.toReversed())).toEqual(new Map([['f18', 'book']]))
  expect(contestedNumbers(parsed('{num}/{view}'), ['a/1/x.jpg', 'a/1/y.jpg', 'a/2/x.jpg'])).toEqual(new Map())
  expect(contestedNumbers(parsed('{num}/{view}'), ['a/1/x.jpg', 'b/1/y.jpg'])).toEqual(new Map([['1', 'a']]))
})
