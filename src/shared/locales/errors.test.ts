import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { languages } from '../model/facet.ts'
import { errorTables } from './error-tables.ts'
import { fill, isErrorCode, sentence } from './errors.ts'

const here = import.meta.dirname

function codesOf(file: string): string[] {
  return Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)
}
/** Names in braces, sorted. */
function names(text: string): string[] {
  return [...text.matchAll(/\{(\w+)[|}]/g)].map(([, name]) => name ?? '').sort()
}

it('has every code in both languages, with the same values to name', () => {
  expect(Object.keys(errorTables.en).sort()).toEqual(Object.keys(errorTables.ca).sort())
  for (const [code, text] of Object.entries(errorTables.ca)) {
    expect(new Set(names(isErrorCode(code) ? errorTables.en[code] : '')), code).toEqual(new Set(names(text)))
    expect(text.trim(), code).not.toBe('')
  }
})

it.each(languages)('joins every file of %s, and no code stands in two', (language) => {
  const folder = join(here, language, 'errors')
  const codes = readdirSync(folder).flatMap((file) => codesOf(join(folder, file)))
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  expect(codes.sort()).toEqual(Object.keys(errorTables[language]).sort())
})

it('fills values in and shows a code that has no sentence', () => {
  expect(sentence('en', 'catalogue.closed', { folder: 'C' })).toBe('The catalogue “C” is closed. Open it again.')
  expect(sentence('ca', 'no.such')).toBe('no.such')
})

it('says a number with the form that it needs in the language', () => {
  const text = '{objects|# object|# objects} in {folder}'
  const said = (objects: number): string => fill('en', text, { objects, folder: 'C' })
  expect([0, 1, 2].map(said)).toEqual(['0 objects in C', '1 object in C', '2 objects in C'])
  expect(fill('ca', '{n|# imatge|# imatges}', { n: 1_000_000 })).toBe('1000000 imatges')
  expect(fill('en', text, { folder: 'C' })).toBe('{objects|# object|# objects} in C')
})
