import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { languages } from '../model/facet.ts'
import { errorSentences, sentence } from './errors.ts'

const here = import.meta.dirname
const source = join(here, '..', '..')

function codesOf(file: string): string[] {
  return Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)
}
/** Names in braces, sorted. */
function names(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()
}

it('has every code in both languages, with the same values to name', () => {
  expect(Object.keys(errorSentences.en).sort()).toEqual(Object.keys(errorSentences.ca).sort())
  for (const [code, text] of Object.entries(errorSentences.ca)) {
    expect(new Set(names(errorSentences.en[code] ?? '')), code).toEqual(new Set(names(text)))
    expect(text.trim(), code).not.toBe('')
  }
})

it.each(languages)('joins every file of %s, and no code stands in two', (language) => {
  const folder = join(here, language, 'errors')
  const codes = readdirSync(folder).flatMap((file) => codesOf(join(folder, file)))
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  expect(codes.sort()).toEqual(Object.keys(errorSentences[language]).sort())
})

it('has a sentence for every error that the program throws', () => {
  const thrown = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|vue)$/.test(file) && !/\.(test|fixture)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/new AppError\(\s*'([^']+)'/g)].map(([, code]) => code ?? ''))
  expect(thrown.length).toBeGreaterThan(20)
  expect([...new Set(thrown)].filter((code) => !(code in errorSentences.ca))).toEqual([])
})

it('fills values in and shows a code that has no sentence', () => {
  expect(sentence('en', 'catalogue.closed', { folder: 'C' })).toBe('The catalogue “C” is closed. Open it again.')
  expect(sentence('ca', 'no.such')).toBe('no.such')
})
