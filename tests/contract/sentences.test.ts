import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorSentences, fill, sentence } from '../../src/shared/locales/errors.ts'

const source = join(import.meta.dirname, '..', '..', 'src')

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
    .map((name) => join(folder, name))
}

/** Areas of error codes: the first parts of the codes that have sentences. */
const areas = [...new Set(Object.keys(errorSentences.ca).map((code) => code.split('.')[0] ?? ''))]

/** Codes by the files that use them: in the core every text of the form of a code, elsewhere those given to an AppError. */
function usedCodes(): Map<string, string> {
  const used = new Map<string, string>()
  const look = (file: string, pattern: RegExp): void => {
    for (const [, code = ''] of readFileSync(file, 'utf8').matchAll(pattern)) if (!/\.(sqlite|lock|json)$/.test(code)) used.set(code, file)
  }
  for (const file of filesBelow(join(source, 'main', 'core')))
    look(file, new RegExp(`['"\`]((?:${areas.join('|')})\\.[a-zA-Z]+)['"\`]`, 'g'))
  for (const file of [...filesBelow(join(source, 'main')), ...filesBelow(join(source, 'shared'))]) {
    look(file, /new AppError\(\s*'(bug|\w+\.\w+)'/g)
    look(file, /new AppError\([^)]*\? '(\w+\.\w+)'/g)
    look(file, /new AppError\([^)]*\? '\w+\.\w+' : '(\w+\.\w+)'/g)
  }
  return used
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()

describe('error codes', () => {
  it('all have a sentence in both languages', () => {
    const used = usedCodes()
    expect(used.size).toBeGreaterThan(50)
    const silent = [...used].filter(([code]) => !(code in errorSentences.ca) || !(code in errorSentences.en))
    expect(silent.map(([code, file]) => `${code} in ${file.slice(source.length)}`)).toEqual([])
  })

  it('have sentences that name the same things in both languages', () => {
    expect(Object.keys(errorSentences.en).sort()).toEqual(Object.keys(errorSentences.ca).sort())
    for (const [code, text] of Object.entries(errorSentences.ca)) {
      expect(placeholders(errorSentences.en[code] ?? ''), code).toEqual(placeholders(text))
    }
  })

  it('have sentences that end as sentences do, in words of people', () => {
    for (const [language, sentences] of Object.entries(errorSentences)) {
      for (const [code, text] of Object.entries(sentences)) {
        // Three parts name a heading or a word of a report.
        if (code.split('.').length > 2) continue
        expect(text, `${language} ${code}`).toMatch(/^([^a-z]|\w+:).*[.?]$/s)
        expect(text, `${language} ${code}`).not.toMatch(/undefined|null|exception|stack/i)
      }
    }
  })
})

describe('a sentence', () => {
  it('is filled with what the error names', () => {
    expect(sentence('en', 'serve.portInUse', { port: 8080 })).toContain('port 8080')
    expect(fill('{a} and {b}', { a: 'x' })).toBe('x and {b}')
  })
})
