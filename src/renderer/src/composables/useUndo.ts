import { shallowRef } from 'vue'
import type { Facet } from '../../../shared/model/facet.ts'
import type { ActionSummary, UndoState } from '../../../shared/model/record.ts'
import { api } from '../api/client.ts'
import { actionWords } from '../locales/actions.ts'
import { translate } from '../locales/i18n.ts'
import { report, tell } from './useMessages.ts'
import { useSettings } from './useSettings.ts'
import { answerInWords } from './useStatusHint.ts'

const state = shallowRef<UndoState>({ undo: null, redo: null })

/** Sets the undo state, which the core sends after every decision. */
export function takeUndo(next: UndoState): void {
  state.value = next
}

/** Reads the undo state of the open catalogue. */
export async function loadUndo(catalogueOpen: boolean): Promise<void> {
  takeUndo(catalogueOpen ? await api.history.state() : { undo: null, redo: null })
}

/** An action in words of the interface, terms in the language of the terms. */
function words(action: ActionSummary): string {
  return actionWords(action, translate, useSettings().termLanguage.value)
}

/** The facet that undo has shown, which the record makes current. */
export const shownByUndo = shallowRef<{ readonly objectId: number; readonly facet: Facet | null } | null>(null)

/** How undo inspects and navigates the window; set by the frame. */
export interface UndoStage {
  /** Whether what the action changed is on screen. */
  isShown(action: ActionSummary): boolean
  /** Shows it and returns the name of the object, or null if the action is about many. */
  show(action: ActionSummary): Promise<string | null>
}
let stage: UndoStage = { isShown: () => true, show: async () => null }
export function setUndoStage(next: UndoStage): void {
  stage = next
}

/** The action that was shown and named: the next press undoes (or redoes) it. */
let named: { readonly direction: 'undo' | 'redo'; readonly id: number } | null = null

/**
 * Undo changes what is on screen only. An action elsewhere is brought on screen and named by the first press; the second one
 * undoes it. The same holds for redo.
 */
async function step(direction: 'undo' | 'redo'): Promise<void> {
  const next = state.value[direction]
  try {
    const known = named !== null && named.direction === direction && named.id === next?.id
    if (next !== null && !known && !stage.isShown(next)) {
      named = { direction, id: next.id }
      return await showFirst(direction, next)
    }
    named = null
    await take(direction)
  } catch (error) {
    report(error)
  }
}

async function showFirst(direction: 'undo' | 'redo', action: ActionSummary): Promise<void> {
  const label = await stage.show(action)
  const said = { action: words(action), label: label ?? '' }
  if (label === null) return answerInWords(translate(direction === 'undo' ? 'frame.undoBatchNamed' : 'frame.redoBatchNamed', said))
  if (action.objectId !== null) shownByUndo.value = { objectId: action.objectId, facet: facetOfAction(action) }
  answerInWords(translate(direction === 'undo' ? 'frame.undoNamed' : 'frame.redoNamed', said))
}

async function take(direction: 'undo' | 'redo'): Promise<void> {
  const { action, kept, undo, jobId } = await api.history[direction]({})
  takeUndo(undo)
  if (action === null) return answerInWords(translate(direction === 'undo' ? 'frame.nothingToUndo' : 'frame.nothingToRedo'))
  if (jobId !== null) return tell('note', translate('frame.reversing', { action: words(action) }))
  if (action.objectId !== null) shownByUndo.value = { objectId: action.objectId, facet: facetOfAction(action) }
  const said = translate(direction === 'undo' ? 'frame.undone' : 'frame.redone', { action: words(action) })
  answerInWords(said)
  if (kept > 0) tell('note', `${said} ${translate('frame.keptChanges', { n: kept }, kept)}`)
}

const facetOfAction = (action: ActionSummary): Facet | null => action.facet ?? action.term?.facet ?? null

/** Undo and redo of the catalogue, with descriptions of what they would do. */
export const useUndo = () => ({ state, words, undo: () => step('undo'), redo: () => step('redo') })
