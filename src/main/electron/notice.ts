import { Notification, type BrowserWindow } from 'electron'
import type { Notice } from '../../shared/shell.ts'

/** Notifications on screen; one without a reference is garbage-collected, and its click is lost. */
const shown = new Set<Notification>()

/** Shows a notification of the system unless the window is in front; a click on it brings the window there. */
export function showNotice(window: BrowserWindow, { title, text }: Notice): void {
  if (window.isFocused() || !Notification.isSupported()) return
  const notification = new Notification({ title, body: text })
  shown.add(notification)
  notification.on('click', () => bringToFront(window))
  for (const over of ['click', 'close', 'failed'] as const) notification.on(over as 'close', () => shown.delete(notification))
  notification.show()
}

/** Puts a window in front of all others, from wherever it is. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
