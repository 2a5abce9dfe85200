import { Menu, type WebContents } from 'electron'
import type { Language } from '../../shared/model/facet.ts'
import { textMenuTemplate } from './text-menu.ts'

/** Shows the menu of a text on right clicks in a page. */
export function offerContextMenu(contents: WebContents, language: () => Language): void {
  contents.on('context-menu', (_event, params) => {
    const template = textMenuTemplate(params, language(), {
      replace: (word) => contents.replaceMisspelling(word),
      learn: (word) => contents.session.addWordToSpellCheckerDictionary(word)
    })
    if (template.length > 0) Menu.buildFromTemplate(template).popup()
  })
}
