import { describe, expect, it } from 'vitest'
import { errorTables } from '../../src/shared/locales/error-tables.ts'
import { fill, sentence } from '../../src/shared/locales/errors.ts'

describe('error codes', () => {
  it('have complete sentences in plain words', () => {
    for (const [language, sentences] of Object.entries(errorTables)) {
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
    expect(fill('en', '{a} and {b}', { a: 'x' })).toBe('x and {b}')
  })
})
