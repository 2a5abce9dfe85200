import type { MenuItemConstructorOptions } from 'electron'
import { expect, it, vi } from 'vitest'
import { menuCommands } from '../../shared/shell.ts'
import { menuTemplate } from './menu.ts'

const actions = () => ({ command: vi.fn(), zoom: vi.fn(), quit: vi.fn() })

function* itemsOf(template: readonly MenuItemConstructorOptions[]): Generator<MenuItemConstructorOptions> {
  for (const item of template) {
    yield item
    if (Array.isArray(item.submenu)) yield* itemsOf(item.submenu)
  }
}

it('is the minimal menu of the system on macOS', () => {
  expect(menuTemplate('darwin', 'ca', actions())).toEqual([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
})

it.each(['win32', 'linux'] as const)('has every command of the program on %s, in both languages', (platform) => {
  for (const language of ['ca', 'en'] as const) {
    const acts = actions()
    for (const item of itemsOf(menuTemplate(platform, language, acts)))
      item.click?.(...([] as unknown as Parameters<NonNullable<typeof item.click>>))
    expect(acts.command.mock.calls.flat().sort()).toEqual([...menuCommands].sort())
    expect(acts.zoom.mock.calls.flat()).toEqual(['in', 'out', 'reset'])
    expect(acts.quit).toHaveBeenCalledOnce()
  }
})

it('registers no keys, and has neither developer tools nor reload', () => {
  for (const item of itemsOf(menuTemplate('linux', 'en', actions()))) {
    if (item.accelerator !== undefined || item.role !== undefined) expect(item.registerAccelerator).toBe(false)
    expect(['reload', 'forceReload', 'toggleDevTools', 'undo', 'redo']).not.toContain(item.role)
  }
})
