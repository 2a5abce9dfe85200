import type { ContextMenuParams } from 'electron'
import { expect, it, vi } from 'vitest'
import { textMenuTemplate } from './text-menu.ts'

const editFlags = { canCut: true, canCopy: true, canPaste: false, canSelectAll: true } as ContextMenuParams['editFlags']
const under = (more: Partial<ContextMenuParams>) => ({
  ...{ isEditable: true, selectionText: '', misspelledWord: '', dictionarySuggestions: [], editFlags },
  ...more
})
const act = { replace: vi.fn(), learn: vi.fn() }
const labels = (more: Partial<ContextMenuParams>) => textMenuTemplate(under(more), 'en', act).map(({ label }) => label)

it('offers editing commands on text, and nothing elsewhere', () => {
  expect(labels({})).toEqual(['Cut', 'Copy', 'Paste', undefined, 'Select all'])
  expect(textMenuTemplate(under({}), 'en', act)[2]).toMatchObject({ role: 'paste', enabled: false })
  expect(labels({ isEditable: false, selectionText: 'amphora' })).toEqual(['Copy'])
  expect(labels({ isEditable: false })).toEqual([])
})

it('puts suggestions for a misspelt word first, and offers to learn the word', () => {
  const template = textMenuTemplate(under({ misspelledWord: 'amfora', dictionarySuggestions: ['àmfora'] }), 'ca', act)
  template[0]?.click?.(...([] as unknown as Parameters<NonNullable<(typeof template)[0]['click']>>))
  template[1]?.click?.(...([] as unknown as Parameters<NonNullable<(typeof template)[1]['click']>>))
  expect([act.replace.mock.calls, act.learn.mock.calls]).toEqual([[['àmfora']], [['amfora']]])
  expect(labels({ misspelledWord: 'qwxz' })[0]).toBe('No suggestions')
})
