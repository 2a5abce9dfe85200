import { onScopeDispose } from 'vue'
import { keymap, type KeyAction, type KeyActionId, type KeyScope } from '../keys/keymap.ts'
import { fits, isSingleKey, parsePattern, type KeyPattern, type KeyPress } from '../keys/pattern.ts'
import { useSettings } from './useSettings.ts'

/**
 * Answers a key. `digit` is which of a range it was (1 to 10). Returning false passes the press on.
 * A held key (`H`) has `down` and `up`.
 */
export type KeyHandler = (digit: number) => unknown
export type KeyAnswer = KeyHandler | { readonly down: KeyHandler; readonly up: () => void }

const answers = new Map<string, KeyAnswer[]>()
/** Narrow before wide; within a scope, positions before signs: on the Spanish layout Shift+7 rejects and does not find. */
const scopeRank: Record<KeyScope, number> = { tree: 0, record: 1, sheet: 1, everywhere: 2 }

const candidates: readonly { action: KeyAction; pattern: KeyPattern }[] = (keymap as readonly KeyAction[])
  .filter((action) => action.byWidget !== true)
  .flatMap((action) => action.keys.map((key) => ({ action, pattern: parsePattern(key) })))
  .sort(
    (a, b) => scopeRank[a.action.scope] - scopeRank[b.action.scope] || Number(a.pattern.kind === 'sign') - Number(b.pattern.kind === 'sign')
  )

/** The held key: its `up` runs when the key is released or the window loses the focus. */
let held: { code: string; up: () => void } | null = null

/**
 * Answers actions of the keymap for as long as the component lives:
 * `useKeys({ 'record.next': () => go(1), 'image.hideOverlays': { down, up } })`. The newest answer to an action wins.
 */
export function useKeys(mine: Partial<Record<KeyActionId, KeyAnswer>>): void {
  const added = Object.entries(mine) as [string, KeyAnswer][]
  for (const [id, answer] of added) answers.set(id, [...(answers.get(id) ?? []), answer])
  onScopeDispose(() => {
    for (const [id, answer] of added)
      answers.set(
        id,
        (answers.get(id) ?? []).filter((other) => other !== answer)
      )
  })
}

/** The context of a key press that the rules for keys need. */
export interface KeyContext {
  readonly inText: boolean
  /** On a button, link or the like, which Enter and Space belong to. */
  readonly onControl: boolean
  readonly inDialog: boolean
  readonly inTree: boolean
}

/** Reads the context of a key press from where the focus is. */
export function contextOf(target: EventTarget | null): KeyContext {
  const within = (selector: string): boolean => target instanceof Element && target.closest(selector) !== null
  return {
    inText: within('input:not([type=checkbox], [type=radio], [type=button], [type=range]), textarea, select, [contenteditable=true]'),
    onControl: within('button, a[href], input, summary, [role=option], [role=menuitem], [role=combobox], [role=gridcell]'),
    inDialog: document.querySelector('[role=dialog][aria-modal=true], [role=menu]') !== null,
    inTree: within('[role=tree]')
  }
}

/** Whether a pattern may act in a context, with the person's settings for single keys and type-ahead. */
export function mayAct(pattern: KeyPattern, context: KeyContext, settings: { singleKeys: boolean; treeTypeAhead: boolean }): boolean {
  // Help works everywhere.
  if (context.inDialog) return pattern.key === 'F1'
  if (context.inText) return pattern.ctrl ? !['Z', 'Y'].includes(pattern.key) : /^F\d+$/.test(pattern.key)
  if (context.onControl && ['Enter', 'Space', 'Tab'].includes(pattern.key)) return false
  if (!isSingleKey(pattern)) return true
  if (!settings.singleKeys) return false
  return !(context.inTree && settings.treeTypeAhead && pattern.kind === 'letter')
}

/** The handlers for this press, best first. */
function* waiting(press: KeyPress, context: KeyContext) {
  const settings = useSettings().settings.value
  for (const { action, pattern } of candidates) {
    const digit = mayAct(pattern, context, settings) ? fits(press, pattern) : null
    if (digit === null) continue
    for (const answer of [...(answers.get(action.id) ?? [])].reverse()) yield { action, answer, digit }
  }
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  for (const { action, answer, digit } of waiting(event, contextOf(event.target))) {
    // A held key neither decides again nor falls through to another action.
    if (event.repeat && action.repeats !== true) return event.preventDefault()
    const done = typeof answer === 'function' ? answer(digit) : answer.down(digit)
    if (done === false) continue
    if (typeof answer !== 'function') held = { code: event.code, up: answer.up }
    return event.preventDefault()
  }
}

function letGo(code: string | null): void {
  if (held === null || (code !== null && held.code !== code)) return
  held.up()
  held = null
}

/** Lets the page listen to keys; called once, when it starts. */
export function startKeys(): void {
  addEventListener('keydown', onKeyDown)
  addEventListener('keyup', (event) => letGo(event.code))
  addEventListener('blur', () => letGo(null))
}
