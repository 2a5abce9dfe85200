import { describe, expect, it } from 'vitest'
import css from './tokens.css?raw'

type Theme = 'light' | 'dark'

/** The colours of tokens.css by name, for both themes. */
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! }
  ])
)

/** Relative luminance of a colour #rrggbb (WCAG 2.2, definition of relative luminance). */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(one: string, other: string, theme: Theme): number {
  const [low, high] = [one, other].map((name) => luminance(colours.get(name)![theme])).sort((a, b) => a - b)
  return (high! + 0.05) / (low! + 0.05)
}

const grounds = ['ground', 'panel', 'raised', 'field', 'hover', 'selected'] as const
const themes = ['light', 'dark'] as const

describe.each(themes)('colours of the %s theme', (theme) => {
  it.each(grounds)('texts on %s have 4.5:1 (WCAG 1.4.3)', (ground) => {
    for (const text of ['text', 'text-quiet', 'bad', 'good', 'warning', 'accent']) {
      // Toned and linked text is never set on a selection.
      if (ground === 'selected' && text !== 'text' && text !== 'text-quiet') continue
      expect(contrast(text, ground, theme), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('the words on main buttons have 4.5:1, hovered too', () => {
    expect(contrast('on-accent', 'accent', theme)).toBeGreaterThanOrEqual(4.5)
    expect(contrast('on-accent', 'accent-hover', theme)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(grounds)('the focus ring and the frames of fields have 3:1 on %s (WCAG 1.4.11)', (ground) => {
    expect(contrast('focus', ground, theme)).toBeGreaterThanOrEqual(3)
    if (ground !== 'selected' && ground !== 'hover') expect(contrast('field-line', ground, theme)).toBeGreaterThanOrEqual(3)
  })
})

it('no ground is as bright as the white of a photograph, nor as dark as its black', () => {
  for (const ground of grounds) {
    expect(luminance(colours.get(ground)!.light), ground).toBeLessThan(0.96)
    expect(luminance(colours.get(ground)!.dark), ground).toBeGreaterThan(0.004)
  }
})

it('no text is smaller than 13 px', () => {
  expect([...css.matchAll(/--size-[\w]+: (\d+)px/g)].map(([, size]) => Number(size)).every((size) => size >= 13)).toBe(true)
})
