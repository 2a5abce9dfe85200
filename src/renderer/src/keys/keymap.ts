/**
 * Where a key acts. `tree`, `sheet` and `image` are widgets of a screen that have the focus or are the screen's only one;
 * the narrower scope wins over the wider.
 */
export type KeyScope = 'everywhere' | 'record' | 'tree' | 'sheet'

/** Headings of the key sheet, in its order. */
export const keySections = ['move', 'decide', 'find', 'image', 'tree', 'sheet', 'program'] as const
export type KeySection = (typeof keySections)[number]

/**
 * One line of the keymap. `keys` are patterns (see pattern.ts), the first is the one shown beside buttons. Its words are
 * `keys.action.<id>` in the strings. A held key repeats only where `repeats` says so: movement and zoom, never a decision.
 */
export interface KeyAction {
  readonly id: string
  readonly scope: KeyScope
  readonly section: KeySection
  readonly keys: readonly string[]
  readonly repeats?: boolean
  /** Answered by the widget that has the focus (WAI-ARIA pattern); listed here for the key sheet. */
  readonly byWidget?: boolean
}

/** The normative keymap (docs/interface.md, "Keys"), of which the key sheet and the hints beside buttons are made. */
export const keymap = [
  { id: 'record.next', scope: 'record', section: 'move', keys: ['J', 'PageDown'], repeats: true },
  { id: 'record.previous', scope: 'record', section: 'move', keys: ['K', 'PageUp'], repeats: true },
  { id: 'record.nextFacet', scope: 'record', section: 'move', keys: ['Tab'], byWidget: true },
  { id: 'record.previousFacet', scope: 'record', section: 'move', keys: ['Shift+Tab'], byWidget: true },
  { id: 'record.facet', scope: 'record', section: 'move', keys: ['Ctrl+1-4'] },
  { id: 'frame.nextRegion', scope: 'everywhere', section: 'move', keys: ['F6'] },
  { id: 'frame.previousRegion', scope: 'everywhere', section: 'move', keys: ['Shift+F6'] },

  { id: 'record.accept', scope: 'record', section: 'decide', keys: ['1-0', 'Num1-0'] },
  { id: 'record.reject', scope: 'record', section: 'decide', keys: ['Shift+1-0'] },
  { id: 'record.closeFacet', scope: 'record', section: 'decide', keys: ['Enter'] },
  { id: 'record.reopenFacet', scope: 'record', section: 'decide', keys: ['O'] },
  { id: 'record.rejectRest', scope: 'record', section: 'decide', keys: ['X'] },
  { id: 'record.notApplicable', scope: 'record', section: 'decide', keys: ['N'] },
  { id: 'record.notVisible', scope: 'record', section: 'decide', keys: ['Shift+N'] },
  { id: 'record.certainty', scope: 'record', section: 'decide', keys: ['U'] },
  { id: 'record.broader', scope: 'record', section: 'decide', keys: ['G'] },
  { id: 'record.narrower', scope: 'record', section: 'decide', keys: ['Shift+G'] },
  { id: 'record.repeat', scope: 'record', section: 'decide', keys: ['.'] },
  { id: 'record.note', scope: 'record', section: 'decide', keys: ['M'] },
  { id: 'record.fields', scope: 'record', section: 'decide', keys: ['C'] },
  { id: 'record.number', scope: 'record', section: 'decide', keys: ['E'] },
  { id: 'record.flag', scope: 'record', section: 'decide', keys: ['F'] },
  { id: 'frame.undo', scope: 'everywhere', section: 'decide', keys: ['Ctrl+Z'] },
  { id: 'frame.redo', scope: 'everywhere', section: 'decide', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'] },

  { id: 'frame.find', scope: 'everywhere', section: 'find', keys: ['/', 'Ctrl+F', 'Num/'] },
  { id: 'record.termInfo', scope: 'record', section: 'find', keys: ['I'] },
  { id: 'record.why', scope: 'record', section: 'find', keys: ['W'] },

  { id: 'image.hideOverlays', scope: 'record', section: 'image', keys: ['H'] },
  { id: 'image.fit', scope: 'record', section: 'image', keys: ['Z'] },
  { id: 'image.zoomIn', scope: 'record', section: 'image', keys: ['+'], repeats: true },
  { id: 'image.zoomOut', scope: 'record', section: 'image', keys: ['-'], repeats: true },
  { id: 'image.rotateLeft', scope: 'record', section: 'image', keys: ['Shift+R', '['] },
  { id: 'image.rotateRight', scope: 'record', section: 'image', keys: ['R', ']'] },
  { id: 'image.full', scope: 'record', section: 'image', keys: ['Shift+Z'] },
  { id: 'image.nextView', scope: 'record', section: 'image', keys: ['V'] },

  { id: 'record.wholeTree', scope: 'record', section: 'tree', keys: ['T'] },
  { id: 'record.unlikely', scope: 'record', section: 'tree', keys: ['Shift+T'] },
  { id: 'tree.move', scope: 'tree', section: 'tree', keys: ['ArrowDown', 'ArrowUp'], byWidget: true },
  { id: 'tree.openClose', scope: 'tree', section: 'tree', keys: ['ArrowRight', 'ArrowLeft'], byWidget: true },
  { id: 'tree.ends', scope: 'tree', section: 'tree', keys: ['Home', 'End'], byWidget: true },
  { id: 'tree.accept', scope: 'tree', section: 'tree', keys: ['Space'], byWidget: true },
  { id: 'tree.reject', scope: 'tree', section: 'tree', keys: ['Shift+Space'], byWidget: true },
  { id: 'tree.allChildren', scope: 'tree', section: 'tree', keys: ['Shift+ArrowRight'], byWidget: true },
  { id: 'tree.siblings', scope: 'tree', section: 'tree', keys: ['*'], byWidget: true },
  { id: 'tree.menu', scope: 'tree', section: 'tree', keys: ['ContextMenu', 'Shift+F10'], byWidget: true },

  { id: 'sheet.move', scope: 'sheet', section: 'sheet', keys: ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp'], byWidget: true },
  { id: 'sheet.page', scope: 'sheet', section: 'sheet', keys: ['PageDown', 'PageUp'], byWidget: true },
  { id: 'sheet.rowEnds', scope: 'sheet', section: 'sheet', keys: ['Home', 'End'], byWidget: true },
  { id: 'sheet.ends', scope: 'sheet', section: 'sheet', keys: ['Ctrl+Home', 'Ctrl+End'], byWidget: true },
  { id: 'sheet.open', scope: 'sheet', section: 'sheet', keys: ['Enter'], byWidget: true },

  { id: 'frame.manual', scope: 'everywhere', section: 'program', keys: ['F1'] },
  { id: 'frame.keys', scope: 'everywhere', section: 'program', keys: ['?'] },
  { id: 'frame.models', scope: 'everywhere', section: 'program', keys: ['F9'] },
  { id: 'frame.termLanguage', scope: 'everywhere', section: 'program', keys: ['F8'] },
  { id: 'frame.interfaceLanguage', scope: 'everywhere', section: 'program', keys: ['Shift+F8'] },
  { id: 'frame.escape', scope: 'everywhere', section: 'program', keys: ['Escape'], byWidget: true }
] as const satisfies readonly KeyAction[]

export type KeyActionId = (typeof keymap)[number]['id']

/** The line of an action. */
export function keyAction(id: KeyActionId): KeyAction {
  const found = (keymap as readonly KeyAction[]).find((action) => action.id === id)
  if (found === undefined) throw new Error(`no key action ${id}`)
  return found
}
