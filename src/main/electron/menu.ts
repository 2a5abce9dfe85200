import type { MenuItemConstructorOptions } from 'electron'

/**
 * The menu: on macOS the one without which copy, paste and quit have no keys; elsewhere none, so that no hidden accelerator
 * (reload, developer tools) takes a key from the page. The system translates roles by itself.
 */
export function menuTemplate(platform: NodeJS.Platform): MenuItemConstructorOptions[] | null {
  if (platform !== 'darwin') return null
  return [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]
}
