import { shallowRef } from 'vue'
import { shellBridge } from '../api/shell.ts'
import { tell } from './useMessages.ts'

export interface FolderQuestion {
  /** Heading of the dialog, in words. */
  readonly title: string
  /** Where to begin; null = the home folder. */
  readonly start: string | null
  /** What is looked for: any folder, one with images, or the folder of a catalogue. */
  readonly want: 'folder' | 'images' | 'catalogue'
  /** Tries the folder that was chosen; a sentence keeps the dialog open and says why. */
  readonly accept?: (path: string) => Promise<string | null>
}

const question = shallowRef<FolderQuestion | null>(null)
let answer: ((path: string | null) => void) | null = null

/** Asks for a folder: with the system's own dialog in the desktop shell, else with the page's. Null = cancelled. */
export async function pickFolder(asked: FolderQuestion): Promise<string | null> {
  const bridge = shellBridge()
  if (bridge !== null) {
    const path = await bridge.pickFolder()
    const refusal = path === null ? null : ((await asked.accept?.(path)) ?? null)
    if (refusal !== null) tell('problem', refusal)
    return refusal === null ? path : null
  }
  settle(null)
  question.value = asked
  return new Promise((resolve) => (answer = resolve))
}

function settle(path: string | null): void {
  question.value = null
  answer?.(path)
  answer = null
}

/** The page's own folder dialog: what is asked, and the answer. */
export const useFolderPicker = () => ({ question, settle })
