import { expect, it } from 'vitest'
import { createSpeedMeter } from './speed.ts'

it('gives no speed before there is something to measure', () => {
  const meter = createSpeedMeter()
  meter.record(0, 0)
  meter.record(100, 5)
  expect(meter.perSecond(100)).toBeNull()
  expect(meter.perSecond(1000)).toBe(5)
})

it('follows the last ten seconds, and falls when nothing happens', () => {
  const meter = createSpeedMeter()
  for (let second = 0; second <= 60; second++) meter.record(second * 1000, Math.min(second, 40) * 10 + Math.max(0, second - 40) * 2)
  expect(meter.perSecond(60_000)).toBeCloseTo(2, 1)
  expect(meter.perSecond(80_000)).toBeLessThan(1)
})
