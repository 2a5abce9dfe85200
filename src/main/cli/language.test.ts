import { describe, expect, it } from 'vitest'
import { chooseLanguage } from './language.ts'

describe('chooseLanguage', () => {
  it('takes what was asked for, the last word counting', () => {
    expect(chooseLanguage(['stats', '--lang', 'en'], 'ca', { LANG: 'ca_ES' })).toBe('en')
    expect(chooseLanguage(['--lang=en', '--lang=ca'], 'en', {})).toBe('ca')
  })

  it('passes over a language that there is not', () => {
    expect(chooseLanguage(['--lang', 'fr'], 'en', {})).toBe('en')
    expect(chooseLanguage(['--lang'], null, {})).toBe('ca')
  })

  it('then takes the saved one, then the system', () => {
    expect(chooseLanguage([], 'ca', { LANG: 'en_GB.UTF-8' })).toBe('ca')
    expect(chooseLanguage([], null, { LANG: 'en_GB.UTF-8' })).toBe('en')
    expect(chooseLanguage([], null, { LC_ALL: 'C.UTF-8', LANG: 'en_GB' })).toBe('ca')
  })
})
