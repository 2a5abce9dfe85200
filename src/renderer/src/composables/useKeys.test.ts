import { mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { defaultSettings, type SettingsPatch } from '../../../shared/model/settings.ts'
import { mayAct, contextOf, startKeys, useKeys } from './useKeys.ts'
import { takeSettings } from './useSettings.ts'
import { parsePattern } from '../keys/pattern.ts'

type Answers = Parameters<typeof useKeys>[0]

const mounted: { unmount(): void }[] = []
function answering(answers: Answers) {
  const wrapper = mount(
    defineComponent({
      setup() {
        useKeys(answers)
        return () =>
          h('div', [h('input', { id: 'text' }), h('button', { id: 'button' }), h('div', { role: 'tree', tabindex: 0, id: 'tree' })])
      }
    }),
    { attachTo: document.body }
  )
  mounted.push(wrapper)
  return wrapper
}

function press(key: string, code: string, init: KeyboardEventInit = {}, on: EventTarget = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...init })
  on.dispatchEvent(event)
  return event
}
const settings = (patch: SettingsPatch): void => takeSettings({ ...defaultSettings, ...patch })
const at = (id: string): HTMLElement => document.getElementById(id)!

beforeAll(startKeys)
beforeEach(() => settings({}))
afterEach(() => mounted.splice(0).forEach((wrapper) => wrapper.unmount()))

describe('useKeys', () => {
  it('answers while the component lives, the newest answer first', () => {
    const old = vi.fn()
    const young = vi.fn()
    answering({ 'record.next': old })
    const second = answering({ 'record.next': young })
    press('j', 'KeyJ')
    expect([old.mock.calls.length, young.mock.calls.length]).toEqual([0, 1])
    second.unmount()
    press('j', 'KeyJ')
    expect(old).toHaveBeenCalledTimes(1)
  })

  it('tells which digit it was', () => {
    const accept = vi.fn()
    answering({ 'record.accept': accept })
    press('4', 'Digit4')
    press('0', 'Digit0')
    press('2', 'Numpad2')
    expect(accept.mock.calls.map(([digit]) => digit)).toEqual([4, 10, 2])
  })

  it('lets the digit win over the sign: Shift+7 writes / on the Spanish layout and rejects', () => {
    const reject = vi.fn()
    const find = vi.fn()
    answering({ 'record.reject': reject, 'frame.find': find })
    press('/', 'Digit7', { shiftKey: true })
    expect(reject).toHaveBeenCalledWith(7)
    expect(find).not.toHaveBeenCalled()
    press('/', 'Slash')
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('finds by / with Shift where nothing rejects', () => {
    const find = vi.fn()
    answering({ 'frame.find': find })
    press('/', 'Digit7', { shiftKey: true })
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('repeats movement and never a decision while a key is held', () => {
    const next = vi.fn()
    const accept = vi.fn()
    answering({ 'record.next': next, 'record.accept': accept })
    press('j', 'KeyJ')
    press('j', 'KeyJ', { repeat: true })
    press('1', 'Digit1')
    press('1', 'Digit1', { repeat: true })
    expect([next.mock.calls.length, accept.mock.calls.length]).toEqual([2, 1])
  })

  it('calls `up` when the key is released or the window loses the focus', () => {
    const down = vi.fn()
    const up = vi.fn()
    answering({ 'image.hideOverlays': { down, up } })
    press('h', 'KeyH')
    dispatchEvent(new KeyboardEvent('keyup', { key: 'x', code: 'KeyX' }))
    expect(up).not.toHaveBeenCalled()
    dispatchEvent(new KeyboardEvent('keyup', { key: 'h', code: 'KeyH' }))
    expect(up).toHaveBeenCalledTimes(1)
    press('h', 'KeyH')
    dispatchEvent(new Event('blur'))
    expect(up).toHaveBeenCalledTimes(2)
  })

  it('passes a press on that its handler declines, and leaves it to the browser if no handler takes it', () => {
    const wide = vi.fn()
    answering({ 'frame.undo': wide })
    const second = answering({ 'frame.undo': () => false })
    expect(press('z', 'KeyZ', { ctrlKey: true }).defaultPrevented).toBe(true)
    expect(wide).toHaveBeenCalledTimes(1)
    second.unmount()
    expect(press('q', 'KeyQ').defaultPrevented).toBe(false)
  })

  it('does nothing in text fields, where letters and Ctrl+Z belong to the text', () => {
    const handler = vi.fn()
    answering({ 'record.next': handler, 'frame.undo': handler, 'frame.manual': handler })
    press('j', 'KeyJ', {}, at('text'))
    press('z', 'KeyZ', { ctrlKey: true }, at('text'))
    expect(handler).not.toHaveBeenCalled()
    press('F1', 'F1', {}, at('text'))
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('leaves Enter to a focused button', () => {
    const close = vi.fn()
    answering({ 'record.closeFacet': close })
    press('Enter', 'Enter', {}, at('button'))
    expect(close).not.toHaveBeenCalled()
    press('Enter', 'Enter', {}, at('tree'))
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('does nothing behind an open dialog, except for help', () => {
    const next = vi.fn()
    const help = vi.fn()
    answering({ 'record.next': next, 'frame.manual': help })
    const dialog = document.body.appendChild(document.createElement('div'))
    dialog.setAttribute('role', 'dialog')
    dialog.setAttribute('aria-modal', 'true')
    press('j', 'KeyJ')
    press('F1', 'F1')
    expect([next.mock.calls.length, help.mock.calls.length]).toEqual([0, 1])
    dialog.remove()
    expect(next).not.toHaveBeenCalled()
  })

  it('switches single keys off and leaves the others', () => {
    const next = vi.fn()
    answering({ 'record.next': next })
    settings({ singleKeys: false })
    press('j', 'KeyJ')
    expect(next).not.toHaveBeenCalled()
    press('PageDown', 'PageDown')
    expect(next).toHaveBeenCalledTimes(1)
  })

  it('leaves letters in a tree to type-ahead in the screen-reader setting, and / to the search', () => {
    const handler = vi.fn()
    answering({ 'record.notApplicable': handler, 'frame.find': handler })
    settings({ treeTypeAhead: true })
    press('n', 'KeyN', {}, at('tree'))
    expect(handler).not.toHaveBeenCalled()
    press('/', 'Slash', {}, at('tree'))
    expect(handler).toHaveBeenCalledTimes(1)
  })
})

describe('contextOf and mayAct', () => {
  it('distinguish text fields from checkboxes', () => {
    const box = document.body.appendChild(document.createElement('input'))
    box.type = 'checkbox'
    expect(contextOf(box)).toMatchObject({ inText: false, onControl: true })
    box.remove()
    expect(mayAct(parsePattern('Ctrl+F'), { inText: true, onControl: true, inDialog: false, inTree: false }, defaultSettings)).toBe(true)
  })
})
