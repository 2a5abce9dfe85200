import { app, BrowserWindow, screen } from 'electron'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appOrigin } from './origin.ts'
import { boundsOnScreen, windowOptions } from './window-options.ts'

const boundsFile = (): string => join(app.getPath('userData'), 'window.json')

function rememberedBounds(): unknown {
  try {
    return JSON.parse(readFileSync(boundsFile(), 'utf8')) as unknown
  } catch {
    // No file yet, or a damaged one: the window opens at its usual size.
    return null
  }
}

/** Opens the window where it was last time, shown once its first paint is ready. */
export function openWindow(preload: string): BrowserWindow {
  const screens = screen.getAllDisplays().map((display) => display.workArea)
  const window = new BrowserWindow(windowOptions(preload, boundsOnScreen(rememberedBounds(), screens)))
  window.once('ready-to-show', () => window.show())
  window.on('close', () => writeFileSync(boundsFile(), JSON.stringify(window.getNormalBounds())))
  void window.loadURL(`${appOrigin}/`)
  return window
}
