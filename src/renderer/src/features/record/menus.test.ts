import { expect, it } from 'vitest'
import type { Image } from '../../../../shared/model/record.ts'
import { objectMenu } from './menus.ts'

const t = (key: string): string => key
const image = { found: true, path: '/photos/a.jpg' } as Image
const enabled = (items: ReturnType<typeof objectMenu>) => items.filter(({ disabled }) => disabled !== true).map(({ id }) => id)

it('offers the file of a picture in the desktop program only, and only while it is there', () => {
  expect(enabled(objectMenu(t, image, true))).toEqual(['card', 'showInFolder', 'openOriginal'])
  expect(enabled(objectMenu(t, { ...image, found: false }, true))).toEqual(['card'])
  expect(enabled(objectMenu(t, null, true))).toEqual(['card'])
  expect(objectMenu(t, image, false).map(({ id }) => id)).toEqual(['card'])
})
