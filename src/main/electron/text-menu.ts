import type { ContextMenuParams, MenuItemConstructorOptions } from 'electron'
import type { Language } from '../../shared/model/facet.ts'
import { desktopWordsIn } from './words.ts'

/** The text under the pointer, as reported by Chromium. */
type TextUnderPointer = Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'misspelledWord' | 'dictionarySuggestions' | 'editFlags'>

/** The context menu: suggestions for a misspelt word, and editing commands; empty if there is no text. */
export function textMenuTemplate(
  { isEditable, selectionText, misspelledWord, dictionarySuggestions, editFlags }: TextUnderPointer,
  language: Language,
  act: { replace(word: string): void; learn(word: string): void }
): MenuItemConstructorOptions[] {
  const words = desktopWordsIn(language)
  const role = (name: 'cut' | 'copy' | 'paste' | 'selectAll', enabled: boolean): MenuItemConstructorOptions => ({
    role: name,
    label: words(`menu.${name}`),
    enabled,
    registerAccelerator: false
  })
  const line: MenuItemConstructorOptions = { type: 'separator' }
  if (!isEditable) return selectionText.trim() === '' ? [] : [role('copy', editFlags.canCopy)]
  const spelling: MenuItemConstructorOptions[] =
    misspelledWord === ''
      ? []
      : [
          ...dictionarySuggestions.map((word) => ({ label: word, click: () => act.replace(word) })),
          ...(dictionarySuggestions.length === 0 ? [{ label: words('spelling.none'), enabled: false }] : []),
          { label: words('spelling.add'), click: () => act.learn(misspelledWord) },
          line
        ]
  return [
    ...spelling,
    role('cut', editFlags.canCut),
    role('copy', editFlags.canCopy),
    role('paste', editFlags.canPaste),
    line,
    role('selectAll', editFlags.canSelectAll)
  ]
}
