import { enableAutoUnmount, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import AppMenu from './AppMenu.vue'
import { inApp } from './test/in-app.ts'

enableAutoUnmount(afterEach)
afterEach(() => document.body.replaceChildren())

const items = [
  { id: 'accept', label: 'Accept', keys: 'Space' },
  { id: 'certainty', label: 'Change the certainty', disabled: true },
  { id: 'close', label: 'Close the facet' },
  { id: 'reject', label: 'Reject' }
]

async function open() {
  const button = document.createElement('button')
  document.body.append(button)
  button.focus()
  const wrapper = mount(AppMenu, { attachTo: document.body, props: { items, name: 'Commands', at: { x: 5, y: 5 } }, global: inApp('en') })
  await nextTick()
  await nextTick()
  return { wrapper, button }
}
const list = (): HTMLElement => document.querySelector('[role=menu]')!
async function press(key: string): Promise<void> {
  const code = key === ' ' ? 'Space' : key
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))
  await nextTick()
}
const focused = (): string | null =>
  document.getElementById(list().getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-label') ?? null

describe('AppMenu', () => {
  it('is a named menu that takes the focus and begins at its first command', async () => {
    await open()
    expect([document.activeElement, list().getAttribute('aria-label'), focused()]).toEqual([list(), 'Commands', 'Accept'])
    expect([...document.querySelectorAll('[role=menuitem]')].map((item) => item.getAttribute('aria-disabled') === 'true')).toEqual([
      false,
      true,
      false,
      false
    ])
  })

  it('moves by arrows past what is disabled, and by first letters', async () => {
    await open()
    await press('ArrowDown')
    expect(focused()).toBe('Close the facet')
    await press('End')
    expect(focused()).toBe('Reject')
    await press('c')
    expect(focused()).toBe('Close the facet')
  })

  it.each(['Enter', ' '])('picks the focused command with "%s"', async (key) => {
    const { wrapper } = await open()
    await press('ArrowDown')
    await press(key)
    expect(wrapper.emitted('pick')).toEqual([['close']])
  })

  it.each(['Escape', 'Tab'])('closes with %s, keeps the keys from the screen and gives the focus back', async (key) => {
    const { wrapper, button } = await open()
    const heard: string[] = []
    document.addEventListener('keydown', (event) => heard.push(event.key), { once: true })
    await press(key)
    expect([wrapper.emitted('close'), heard]).toEqual([[[]], []])
    wrapper.unmount()
    expect(document.activeElement).toBe(button)
  })
})
