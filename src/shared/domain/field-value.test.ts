import { expect, it } from 'vitest'
import type { FieldKind } from '../model/field.ts'
import { fieldValue } from './field-value.ts'

const value = (kind: FieldKind, typed: string): string => fieldValue({ kind, name: 'Camp', choices: ['Bo', 'Regular'] }, typed)

it.each([
  ['text', '  sala   3 ', 'sala 3'],
  ['longText', 'a\n  b', 'a\n  b'],
  ['longText', ' \n ', ''],
  ['date', '1888', '1888'],
  ['date', '1888-02-29', '1888-02-29'],
  ['date', '-0044-03', '-0044-03'],
  ['number', '12,5', '12.5'],
  ['number', '-3', '-3'],
  ['choice', 'Bo ', 'Bo'],
  ['choice', '', '']
] as const)('%s: %j is stored as %j', (kind, typed, stored) => {
  expect(value(kind, typed)).toBe(stored)
})

it.each([
  ['date', '1887-02-29', 'field.badDate'],
  ['date', '1888-13', 'field.badDate'],
  ['date', 's. XIX', 'field.badDate'],
  ['number', '12.000,5', 'field.badNumber'],
  ['number', 'dotze', 'field.badNumber'],
  ['choice', 'Dolent', 'field.notAChoice'],
  ['linked', 'x', 'field.linked']
] as const)('%s: %j is refused', (kind, typed, code) => {
  expect(() => value(kind, typed)).toThrow(expect.objectContaining({ code }))
})
