import { expect, it } from 'vitest'
import { menuTemplate } from './menu.ts'

it('has a menu on macOS only, and none with developer tools or reload', () => {
  expect(menuTemplate('win32')).toBeNull()
  expect(menuTemplate('linux')).toBeNull()
  expect(menuTemplate('darwin')).toEqual([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
})
