import { expect, it } from 'vitest'
import { createHeavyGate } from './heavy.ts'

it('lets one in at a time, in turn, and forgets who leaves the queue', () => {
  const gate = createHeavyGate()
  const inside: string[] = []
  const [a, b, c] = [{}, {}, {}]
  gate.ask(a, () => inside.push('a'))
  gate.ask(b, () => inside.push('b'))
  gate.ask(c, () => inside.push('c'))
  expect(inside).toEqual(['a'])
  gate.leave(b)
  expect(inside).toEqual(['a'])
  gate.leave(a)
  expect(inside).toEqual(['a', 'c'])
  gate.leave(a)
  gate.leave(c)
  gate.ask(b, () => inside.push('b'))
  expect(inside).toEqual(['a', 'c', 'b'])
})
