import { expect, it } from 'vitest'
import { fromHalf, toHalf } from './half-precision.ts'

it('keeps numbers to three digits in two bytes', () => {
  const values = Float32Array.of(0, 1, -0.123456, 0.03125, 65504)
  const bytes = toHalf(values)
  expect(bytes).toHaveLength(10)
  // As a file holds them: not at an even address.
  const shifted = new Uint8Array(11)
  shifted.set(bytes, 1)
  fromHalf(shifted.subarray(1)).forEach((value, index) => expect(value / (values[index] || 1)).toBeCloseTo(values[index] === 0 ? 0 : 1, 3))
})
