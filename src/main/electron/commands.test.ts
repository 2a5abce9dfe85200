import { describe, expect, it } from 'vitest'
import { mayAsk, readCommand } from './commands.ts'

describe('mayAsk', () => {
  it('hears the main frame of our own page only', () => {
    expect(mayAsk({ senderFrame: { url: 'app://fitxa/#/import', parent: null } })).toBe(true)
    expect(mayAsk({ senderFrame: { url: 'app://fitxa/', parent: {} } })).toBe(false)
    expect(mayAsk({ senderFrame: { url: 'https://example.org/', parent: null } })).toBe(false)
    expect(mayAsk({ senderFrame: null })).toBe(false)
  })
})

describe('readCommand', () => {
  it('reads the two commands of the preload', () => {
    expect(readCommand({ kind: 'pickFolder', more: 1 })).toEqual({ kind: 'pickFolder' })
    expect(readCommand({ kind: 'showInFolder', path: '/exports/a.csv' })).toEqual({ kind: 'showInFolder', path: '/exports/a.csv' })
  })

  it.each([
    null,
    'pickFolder',
    {},
    { kind: 'openExternal', path: 'x' },
    { kind: 'showInFolder', path: 'relative' },
    { kind: 'showInFolder', path: '/a\0b' }
  ])('refuses %j', (value) => {
    expect(readCommand(value)).toBeNull()
  })
})
