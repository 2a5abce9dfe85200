import { expect, it } from 'vitest'
import { tell, useMessages } from './useMessages.ts'

const texts = (): string[] => useMessages().messages.value.map(({ text }) => text)

it('shows a repeated message once, and replaces a message by the newest one on its topic', () => {
  tell('problem', 'A')
  tell('problem', 'B')
  tell('problem', 'A')
  expect(texts()).toEqual(['B', 'A'])
  tell('note', 'model 2 is in use', 'model in use')
  tell('note', 'model 1 is in use', 'model in use')
  expect(texts()).toEqual(['B', 'A', 'model 1 is in use'])
})
