import { describe, expect, it } from 'vitest'
import { fits, isSingleKey, parsePattern } from './pattern.ts'

/** A key press as a layout of a keyboard makes it. */
function press(
  key: string,
  code: string,
  held: { ctrl?: boolean; shift?: boolean; alt?: boolean; meta?: boolean; altGraph?: boolean } = {}
) {
  return {
    key,
    code,
    ctrlKey: held.ctrl ?? false,
    shiftKey: held.shift ?? false,
    altKey: held.alt ?? false,
    metaKey: held.meta ?? false,
    getModifierState: (name: string) => name === 'AltGraph' && held.altGraph === true
  }
}
const fit = (text: string, pressed: ReturnType<typeof press>) => fits(pressed, parsePattern(text))

describe('fits', () => {
  it('takes digits by the position of the key, whatever sign is on it', () => {
    expect(fit('1-0', press('3', 'Digit3'))).toBe(3)
    expect(fit('1-0', press('0', 'Digit0'))).toBe(10)
    expect(fit('1-0', press('"', 'Digit3'))).toBe(3)
    expect(fit('1-0', press('3', 'KeyA'))).toBeNull()
  })

  it('keeps the ranges of digits apart by their end and their modifiers', () => {
    expect(fit('Ctrl+1-4', press('4', 'Digit4', { ctrl: true }))).toBe(4)
    expect(fit('Ctrl+1-4', press('5', 'Digit5', { ctrl: true }))).toBeNull()
    expect(fit('Shift+1-0', press('!', 'Digit1', { shift: true }))).toBe(1)
    expect(fit('1-0', press('!', 'Digit1', { shift: true }))).toBeNull()
  })

  it('lets the numeric pad accept and never reject', () => {
    expect(fit('Num1-0', press('7', 'Numpad7'))).toBe(7)
    expect(fit('Num1-0', press('Home', 'Numpad7'))).toBeNull()
    expect(fit('Shift+1-0', press('7', 'Numpad7', { shift: true }))).toBeNull()
  })

  it('takes letters and signs by what they write', () => {
    expect(fit('J', press('j', 'KeyJ'))).toBe(1)
    expect(fit('J', press('J', 'KeyJ'))).toBe(1)
    expect(fit('J', press('J', 'KeyJ', { shift: true }))).toBeNull()
    expect(fit('Shift+G', press('G', 'KeyG', { shift: true }))).toBe(1)
    expect(fit('?', press('?', 'Minus', { shift: true }))).toBe(1)
  })

  it('takes AltGr as no modifier, so that signs which need it on the Spanish layout are found', () => {
    expect(fit('[', press('[', 'BracketLeft', { ctrl: true, alt: true }))).toBe(1)
    expect(fit('[', press('[', 'BracketLeft', { altGraph: true, alt: true }))).toBe(1)
    expect(fit('Ctrl+F', press('f', 'KeyF', { ctrl: true, alt: true }))).toBeNull()
  })

  it('lets Cmd stand for Ctrl', () => {
    expect(fit('Ctrl+Z', press('z', 'KeyZ', { meta: true }))).toBe(1)
    expect(fit('Ctrl+Z', press('Z', 'KeyZ', { meta: true, shift: true }))).toBeNull()
    expect(fit('Ctrl+Shift+Z', press('Z', 'KeyZ', { meta: true, shift: true }))).toBe(1)
  })

  it('finds named keys, and the slash of the numeric pad', () => {
    expect(fit('PageDown', press('PageDown', 'PageDown'))).toBe(1)
    expect(fit('Space', press(' ', 'Space'))).toBe(1)
    expect(fit('Shift+F6', press('F6', 'F6', { shift: true }))).toBe(1)
    expect(fit('Num/', press('/', 'NumpadDivide'))).toBe(1)
    expect(fit('Num/', press('/', 'Digit7', { shift: true }))).toBeNull()
  })
})

describe('isSingleKey', () => {
  it('means whatever writes a character (WCAG 2.1.4)', () => {
    expect(['J', '/', '1-0', 'Shift+1-0', 'Num/', 'Shift+G'].every((text) => isSingleKey(parsePattern(text)))).toBe(true)
    expect(['Ctrl+Z', 'F6', 'Enter', 'Space', 'PageDown', 'Ctrl+1-4'].some((text) => isSingleKey(parsePattern(text)))).toBe(false)
  })
})
