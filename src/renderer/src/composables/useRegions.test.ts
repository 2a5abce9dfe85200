import { beforeEach, describe, expect, it } from 'vitest'
import { goToRegion } from './useRegions.ts'

beforeEach(() => {
  document.body.innerHTML = `
    <header data-region><button id="a">a</button><button id="b">b</button></header>
    <main><div data-region id="bare"><p>text</p></div><div data-region><input id="c" /></div></main>`
})
const here = (): string => document.activeElement?.id ?? ''

describe('goToRegion', () => {
  it('walks through the regions in order and round', () => {
    const path = [1, 1, 1, 1].map((step) => (goToRegion(step as 1), here()))
    expect(path).toEqual(['a', 'bare', 'c', 'a'])
  })

  it('comes back to where a region was left', () => {
    document.getElementById('b')?.focus()
    goToRegion(1)
    goToRegion(-1)
    expect(here()).toBe('b')
  })

  it('begins at the last region when it goes back from nowhere', () => {
    goToRegion(-1)
    expect(here()).toBe('c')
  })
})
