import { expect, it } from 'vitest'
import { matchRulesSchema } from '../../../shared/model/inventory.ts'
import { matchRows } from './match.ts'

const rules = matchRulesSchema.parse({})
const strict = { spaces: false, zeros: false, dashes: false, case: false, prefixes: [] }
const objects = (...numbers: string[]) => numbers.map((number, index) => ({ id: index + 1, number }))
const rows = (...numbers: string[]) => numbers.map((number, index) => ({ row: index + 1, number }))

it('joins what is written the same way before what the rules make the same', () => {
  const { joined, doubts } = matchRows(objects('0012', '13'), rows('12', '0012', '013'), rules, [])
  expect([...joined]).toEqual([
    [1, { row: 2, by: 'exact' }],
    [2, { row: 3, by: 'rule' }]
  ])
  expect(doubts).toEqual([])
})

it('joins nothing where two rows or two objects have a number', () => {
  const { joined, doubts } = matchRows(objects('A 1', 'a1', '7'), rows('A-1', '7', '7'), rules, [])
  expect([...joined]).toEqual([])
  expect(doubts).toEqual([
    { reason: 'several', objectId: 1, row: 1 },
    { reason: 'several', objectId: 2, row: 1 },
    { reason: 'several', objectId: 3, row: 2 },
    { reason: 'several', objectId: 3, row: 3 }
  ])
})

it('proposes what only wider rules make the same, and never joins it', () => {
  const { joined, doubts } = matchRows(objects('MNAT 12', '14/5'), rows('12', '145'), strict, [])
  expect([...joined]).toEqual([])
  expect(doubts).toEqual([
    { reason: 'loose', objectId: 1, row: 1 },
    { reason: 'loose', objectId: 2, row: 2 }
  ])
})

it('joins the doubts that a person has decided, each object and row once', () => {
  const joins = [
    { objectId: 2, row: 1 },
    { objectId: 1, row: 1 },
    { objectId: 9, row: 1 },
    { objectId: 3, row: 77 }
  ]
  const { joined, doubts } = matchRows(objects('A 1', 'a1', 'b'), rows('A-1', 'c'), rules, joins)
  expect([...joined]).toEqual([[2, { row: 1, by: 'person' }]])
  expect(doubts).toEqual([])
})
