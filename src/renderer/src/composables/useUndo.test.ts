import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ActionSummary } from '../../../shared/model/record.ts'
import { useAnnouncer } from './useAnnouncer.ts'
import { useMessages } from './useMessages.ts'
import { answerInWords, statusHint } from './useStatusHint.ts'
import { setUndoStage, shownByUndo, takeUndo, useUndo } from './useUndo.ts'

const core = vi.hoisted(() => ({ history: { undo: vi.fn(), redo: vi.fn() } }))
vi.mock('../api/client.ts', () => ({ api: core, storing: { value: 0 } }))

const action: ActionSummary = {
  id: 7,
  kind: 'flag',
  author: 'MP',
  at: '2026-03-12T09:00:00Z',
  objectId: 1,
  objectLabel: 'MUS 1',
  field: null,
  objects: 1,
  changes: 1,
  term: null,
  facet: null,
  state: 'true'
}
beforeEach(() => {
  vi.clearAllMocks()
  setUndoStage({ isShown: () => true, show: async () => null })
  takeUndo({ undo: null, redo: null })
})

describe('useUndo', () => {
  it('undoes, takes the new state over and answers in words', async () => {
    core.history.undo.mockResolvedValueOnce({ action, kept: 0, undo: { undo: null, redo: action }, jobId: null })
    const { undo, state } = useUndo()
    await undo()
    expect(state.value).toEqual({ undo: null, redo: action })
    expect(useAnnouncer().spoken.value.text).toBe('Desfet: marca per comentar.')
  })

  it('replaces the message of the undone action', async () => {
    answerInWords('Marcat per comentar.')
    core.history.undo.mockResolvedValueOnce({ action, kept: 0, undo: { undo: null, redo: action }, jobId: null })
    await useUndo().undo()
    expect(statusHint.value).toBe('Desfet: marca per comentar.')
  })

  it('reports changes that were kept because they were changed since', async () => {
    core.history.undo.mockResolvedValueOnce({ action, kept: 2, undo: { undo: null, redo: null }, jobId: null })
    await useUndo().undo()
    expect(useMessages().messages.value.at(-1)?.text).toContain('2 canvis posteriors s’han respectat')
  })

  it('says when there is nothing to redo', async () => {
    core.history.redo.mockResolvedValueOnce({ action: null, kept: 0, undo: { undo: null, redo: null }, jobId: null })
    await useUndo().redo()
    expect(useAnnouncer().spoken.value.text).toBe('No hi ha res per refer.')
  })

  it('shows and names an action elsewhere at the first press, and undoes it at the second', async () => {
    const far = { ...action, id: 8, objectId: 5, facet: 'materials' as const }
    takeUndo({ undo: far, redo: null })
    const shown: number[] = []
    setUndoStage({ isShown: () => false, show: async ({ objectId }) => (shown.push(objectId ?? 0), 'FX-005') })
    await useUndo().undo()
    expect(core.history.undo).not.toHaveBeenCalled()
    expect([shown, shownByUndo.value]).toEqual([[5], { objectId: 5, facet: 'materials' }])
    expect(statusHint.value).toContain('FX-005')
    core.history.undo.mockResolvedValueOnce({ action: far, kept: 0, undo: { undo: null, redo: far }, jobId: null })
    await useUndo().undo()
    expect(core.history.undo).toHaveBeenCalledTimes(1)
  })

  it('names again what became the last action since it named another', async () => {
    setUndoStage({ isShown: () => false, show: async () => 'FX-001' })
    takeUndo({ undo: { ...action, id: 9 }, redo: null })
    await useUndo().undo()
    takeUndo({ undo: { ...action, id: 10 }, redo: null })
    await useUndo().undo()
    expect(core.history.undo).not.toHaveBeenCalled()
  })

  it('names an action on many objects before it undoes it', async () => {
    setUndoStage({ isShown: () => false, show: async () => null })
    takeUndo({ undo: { ...action, id: 11, kind: 'rule', objectId: null, objects: 40 }, redo: null })
    await useUndo().undo()
    expect(core.history.undo).not.toHaveBeenCalled()
    expect(statusHint.value).toContain('40 objectes')
  })
})
