import { expect, it } from 'vitest'
import { initialsOf } from './initials.ts'

it.each([
  ['Maria Puig', 'MP'],
  ['Maria Puig i Serra', 'MPS'],
  ["Jordi d'Arquer", 'JA'],
  ['Àngels de la Torre', 'ÀT'],
  ['Anna-Maria Vila Soler Roca', 'AMVS'],
  ['  ', '']
])('initials of "%s" are %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
