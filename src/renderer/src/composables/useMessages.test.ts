import { expect, it } from 'vitest'
import { tell, useMessages } from './useMessages.ts'

const texts = (): string[] => useMessages().messages.value.map(({ text }) => text)

it('says the same once, and lets the newest word on a topic take the place of the one before', () => {
  tell('problem', 'A')
  tell('problem', 'B')
  tell('problem', 'A')
  expect(texts()).toEqual(['B', 'A'])
  tell('note', 'model 2 is in use', 'model in use')
  tell('note', 'model 1 is in use', 'model in use')
  expect(texts()).toEqual(['B', 'A', 'model 1 is in use'])
})
