import { describe, expect, it } from 'vitest'
import { plot, ticks } from './line-chart.ts'

describe('ticks', () => {
  it('are round, even, and hold every value', () => {
    expect(ticks([0.021, 0.9])).toEqual([0, 0.5, 1])
    expect(ticks([0.68, 0.71, 0.74])).toEqual([0.68, 0.7, 0.72, 0.74])
    expect(ticks([3, 12])).toEqual([0, 5, 10, 15])
    for (const values of [
      [0.1, 0.7],
      [1e-4, 3e-4],
      [0.999, 1],
      [120, 4000]
    ]) {
      const marks = ticks(values)
      expect(marks.length).toBeGreaterThanOrEqual(2)
      expect(marks.length).toBeLessThanOrEqual(5)
      expect(marks[0]).toBeLessThanOrEqual(Math.min(...values))
      expect(marks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values))
    }
  })

  it('do not come closer than their figures can tell apart', () => {
    expect(ticks([0.9985, 1], 0.01)).toEqual([0.99, 1])
    expect(ticks([0.4, 0.9], 0.01)).toEqual([0.4, 0.6, 0.8, 1])
  })

  it('have room for one value, for equal values and for none', () => {
    expect(ticks([0.5])[0]).toBeLessThan(ticks([0.5]).at(-1)!)
    expect(ticks([0, 0]).at(-1)).toBeGreaterThan(0)
    expect(ticks([])).toEqual([0, 1])
  })
})

describe('plot', () => {
  it('leaves room for the epochs to come', () => {
    const { line, lines } = plot(
      [
        { x: 1, y: 1 },
        { x: 2, y: 0.5 },
        { x: 3, y: 0 }
      ],
      5
    )
    expect(line).toBe('M0 0L25 50L50 100')
    expect(lines).toEqual([
      { value: 0, top: 100 },
      { value: 0.5, top: 50 },
      { value: 1, top: 0 }
    ])
  })

  it('draws one point as a dot in the middle of a training of one epoch', () => {
    expect(plot([{ x: 1, y: 0.5 }], 1).dots).toMatch(/^M50 [\d.]+h0$/)
    expect(plot([], 10)).toMatchObject({ line: '', dots: '' })
  })
})
