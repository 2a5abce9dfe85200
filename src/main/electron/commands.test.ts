import { describe, expect, it } from 'vitest'
import { mayAsk, readCommand } from './commands.ts'

describe('mayAsk', () => {
  it('accepts commands only from the main frame of our own page', () => {
    expect(mayAsk({ senderFrame: { url: 'app://fitxa/#/import', parent: null } })).toBe(true)
    expect(mayAsk({ senderFrame: { url: 'app://fitxa/', parent: {} } })).toBe(false)
    expect(mayAsk({ senderFrame: { url: 'https://example.org/', parent: null } })).toBe(false)
    expect(mayAsk({ senderFrame: null })).toBe(false)
  })
})

describe('readCommand', () => {
  it.each([
    { kind: 'pickFolder' },
    { kind: 'listening' },
    { kind: 'showInFolder', path: '/exports/a.csv' },
    { kind: 'openPicture', path: '/photos/a.TIF' },
    { kind: 'work', work: null },
    { kind: 'work', work: { progress: null } },
    { kind: 'work', work: { progress: 0.5 } },
    { kind: 'notify', notice: { title: 'Fitxa', text: 'Done.' } },
    { kind: 'language', language: 'ca' }
  ])('reads %j as the preload sends it, and nothing else', (command) => {
    expect(readCommand({ ...command, more: 1 })).toEqual(command)
  })

  it.each([
    null,
    'pickFolder',
    {},
    { kind: 'openExternal', path: 'x' },
    { kind: 'showInFolder', path: 'relative' },
    { kind: 'showInFolder', path: '/a\0b' },
    { kind: 'openPicture', path: '/bin/sh' },
    { kind: 'openPicture', path: '/a.desktop' },
    { kind: 'openPicture', path: 'a.jpg' },
    { kind: 'work', work: { progress: 2 } },
    { kind: 'work', work: { progress: Number.NaN } },
    { kind: 'work' },
    { kind: 'notify', notice: { title: 'a' } },
    { kind: 'notify', notice: { title: 'a', text: 'b'.repeat(501) } },
    { kind: 'language', language: 'fr' }
  ])('refuses %j', (value) => {
    expect(readCommand(value)).toBeNull()
  })
})
