import { shallowRef } from 'vue'
import type { ActionSummary, UndoState } from '../../../shared/model/record.ts'
import { api } from '../api/client.ts'
import { actionWords } from '../locales/actions.ts'
import { translate } from '../locales/i18n.ts'
import { report, tell } from './useMessages.ts'
import { useSettings } from './useSettings.ts'
import { answerInWords } from './useStatusHint.ts'

const state = shallowRef<UndoState>({ undo: null, redo: null })

/** Takes over what undo and redo would do now, as the core tells it after every decision. */
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

async function step(direction: 'undo' | 'redo'): Promise<void> {
  try {
    const { action, kept, undo } = await api.history[direction]({})
    takeUndo(undo)
    if (action === null) return answerInWords(translate(direction === 'undo' ? 'frame.nothingToUndo' : 'frame.nothingToRedo'))
    const said = translate(direction === 'undo' ? 'frame.undone' : 'frame.redone', { action: words(action) })
    answerInWords(said)
    if (kept > 0) tell('note', `${said} ${translate('frame.keptChanges', { n: kept }, kept)}`)
  } catch (error) {
    report(error)
  }
}

/** Undo and redo of the catalogue: what they would do in words, and doing it. */
export const useUndo = () => ({ state, words, undo: () => step('undo'), redo: () => step('redo') })
