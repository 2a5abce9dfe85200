import { expect, it } from 'vitest'
import { createPreviews } from './usePreviews.ts'

it('asks for each picture once, two at a time, and goes without one that cannot be drawn', async () => {
  let running = 0
  let most = 0
  const asked: string[] = []
  const previews = createPreviews(async (_, name) => {
    asked.push(name)
    most = Math.max(most, (running += 1))
    await Promise.resolve()
    running -= 1
    if (name === 'bad') throw new Error('unreadable')
    return `data:${name}`
  })
  const names = ['a', 'b', 'bad', 'c', 'a', 'd']
  const drawn = await Promise.all(names.map((name) => previews.of('/photos', name)))
  expect(drawn).toEqual(['data:a', 'data:b', null, 'data:c', 'data:a', 'data:d'])
  expect(asked).toEqual(['a', 'b', 'bad', 'c', 'd'])
  expect(most).toBe(2)
})
