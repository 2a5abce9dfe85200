import { expect, it } from 'vitest'
import { zoomAfter, zoomStepOf } from './zoom.ts'

const press = (key: string, more: object = {}) => ({ type: 'keyDown' as const, key, control: true, meta: false, alt: false, ...more })

it('reacts to Ctrl with +, − and 0, on the main keys and the number pad, and to nothing else', () => {
  expect(['+', '=', '-', '_', '0'].map((key) => zoomStepOf(press(key)))).toEqual(['in', 'in', 'out', 'out', 'reset'])
  expect(zoomStepOf(press('+', { control: false, meta: true }))).toBe('in')
  for (const other of [press('1'), press('+', { control: false }), press('+', { alt: true }), press('+', { type: 'keyUp' })]) {
    expect(zoomStepOf(other)).toBeNull()
  }
})

it('moves through the steps and stops at the ends', () => {
  expect([zoomAfter(1, 'in'), zoomAfter(1.1, 'in'), zoomAfter(1, 'out'), zoomAfter(1.75, 'reset')]).toEqual([1.1, 1.25, 0.9, 1])
  expect([zoomAfter(3, 'in'), zoomAfter(0.5, 'out')]).toEqual([3, 0.5])
  expect(zoomAfter(1.13, 'in')).toBe(1.25)
})
