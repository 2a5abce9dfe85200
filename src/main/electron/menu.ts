import type { MenuItemConstructorOptions } from 'electron'
import type { Language } from '../../shared/model/facet.ts'
import type { MenuCommand } from '../../shared/shell.ts'
import { desktopWordsIn } from './words.ts'
import type { ZoomStep } from './zoom.ts'

/** Actions of the menu. */
export interface MenuActions {
  command(command: MenuCommand): void
  zoom(step: ZoomStep): void
  quit(): void
}

/**
 * The application menu. On macOS it is the one without which copy, paste and quit have no keys. Elsewhere it is hidden until Alt is
 * pressed and has the program's commands; it shows their keys but registers none, so that every key reaches the page.
 */
export function menuTemplate(platform: NodeJS.Platform, language: Language, actions: MenuActions): MenuItemConstructorOptions[] {
  if (platform === 'darwin') return [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]
  const words = desktopWordsIn(language)
  const item = (command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label: words(`menu.${command}`),
    registerAccelerator: false,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => actions.command(command)
  })
  const zoom = (step: ZoomStep, accelerator: string): MenuItemConstructorOptions => ({
    label: words(`menu.zoom.${step}`),
    registerAccelerator: false,
    accelerator,
    click: () => actions.zoom(step)
  })
  const edit = (role: 'cut' | 'copy' | 'paste' | 'selectAll'): MenuItemConstructorOptions => ({
    role,
    label: words(`menu.${role}`),
    registerAccelerator: false
  })
  const line: MenuItemConstructorOptions = { type: 'separator' }
  return [
    {
      label: words('menu.file'),
      submenu: [
        item('newCatalogue'),
        item('openCatalogue'),
        line,
        item('import'),
        item('export'),
        item('backups'),
        line,
        item('settings'),
        line,
        { label: words('menu.quit'), click: () => actions.quit() }
      ]
    },
    {
      label: words('menu.edit'),
      submenu: [
        item('undo', 'Ctrl+Z'),
        item('redo', 'Ctrl+Shift+Z'),
        item('history'),
        line,
        edit('cut'),
        edit('copy'),
        edit('paste'),
        edit('selectAll')
      ]
    },
    {
      label: words('menu.view'),
      submenu: [
        item('home'),
        item('sheet'),
        item('models', 'F9'),
        line,
        item('termLanguage', 'F8'),
        item('interfaceLanguage', 'Shift+F8'),
        line,
        zoom('in', 'Ctrl+Plus'),
        zoom('out', 'Ctrl+-'),
        zoom('reset', 'Ctrl+0'),
        line,
        { role: 'togglefullscreen', label: words('menu.fullScreen'), registerAccelerator: false }
      ]
    },
    { label: words('menu.help'), submenu: [item('manual', 'F1'), item('keys', '?'), line, item('about')] }
  ]
}
