import { describe, expect, it } from 'vitest'
import { chooseLanguage } from './language.ts'

describe('chooseLanguage', () => {
  it('takes the last --lang option', () => {
    expect(chooseLanguage(['stats', '--lang', 'en'], 'ca', { LANG: 'ca_ES' })).toBe('en')
    expect(chooseLanguage(['--lang=en', '--lang=ca'], 'en', {})).toBe('ca')
  })

  it('ignores an unknown language', () => {
    expect(chooseLanguage(['--lang', 'fr'], 'en', {})).toBe('en')
    expect(chooseLanguage(['--lang'], null, {})).toBe('ca')
  })

  it('then takes the saved language, then that of the system', () => {
    expect(chooseLanguage([], 'ca', { LANG: 'en_GB.UTF-8' })).toBe('ca')
    expect(chooseLanguage([], null, { LANG: 'en_GB.UTF-8' })).toBe('en')
    expect(chooseLanguage([], null, { LC_ALL: 'C.UTF-8', LANG: 'en_GB' })).toBe('ca')
  })
})
