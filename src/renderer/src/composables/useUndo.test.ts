import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ActionSummary } from '../../../shared/model/record.ts'
import { useAnnouncer } from './useAnnouncer.ts'
import { useMessages } from './useMessages.ts'
import { answerInWords, statusHint } from './useStatusHint.ts'
import { useUndo } from './useUndo.ts'

const core = vi.hoisted(() => ({ history: { undo: vi.fn(), redo: vi.fn() } }))
vi.mock('../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const action: ActionSummary = {
  id: 7,
  kind: 'flag',
  author: 'MP',
  at: '2026-03-12T09:00:00Z',
  objectId: 1,
  objects: 1,
  changes: 1,
  term: null,
  facet: null,
  state: 'true'
}
beforeEach(() => vi.clearAllMocks())

describe('useUndo', () => {
  it('undoes, takes the new state over and answers in words', async () => {
    core.history.undo.mockResolvedValueOnce({ action, kept: 0, undo: { undo: null, redo: action } })
    const { undo, state } = useUndo()
    await undo()
    expect(state.value).toEqual({ undo: null, redo: action })
    expect(useAnnouncer().spoken.value.text).toBe('Desfet: marca per comentar.')
  })

  it('puts its answer in the place of what it undid', async () => {
    answerInWords('Marcat per comentar.')
    core.history.undo.mockResolvedValueOnce({ action, kept: 0, undo: { undo: null, redo: action } })
    await useUndo().undo()
    expect(statusHint.value).toBe('Desfet: marca per comentar.')
  })

  it('says what was left alone because it changed since', async () => {
    core.history.undo.mockResolvedValueOnce({ action, kept: 2, undo: { undo: null, redo: null } })
    await useUndo().undo()
    expect(useMessages().messages.value.at(-1)?.text).toContain("2 canvis posteriors s'han respectat")
  })

  it('says when there is nothing to redo', async () => {
    core.history.redo.mockResolvedValueOnce({ action: null, kept: 0, undo: { undo: null, redo: null } })
    await useUndo().redo()
    expect(useAnnouncer().spoken.value.text).toBe('No hi ha res per refer.')
  })
})
