import { app, BrowserWindow, screen } from 'electron'
import { join } from 'node:path'
import { appOrigin } from './origin.ts'
import { boundsOnScreen, windowOptions } from './window-options.ts'
import { keepWindowState, readWindowState } from './window-state.ts'
import { zoomAfter, zoomStepOf, type ZoomStep } from './zoom.ts'

const stateFile = (): string => join(app.getPath('userData'), 'window.json')

/** Zoom of each open window. */
const zooms = new WeakMap<BrowserWindow, number>()

/** Zooms the whole interface of a window by a step. */
export function zoomWindow(window: BrowserWindow, step: ZoomStep): void {
  const zoom = zoomAfter(zooms.get(window) ?? 1, step)
  zooms.set(window, zoom)
  window.webContents.setZoomFactor(zoom)
}

/** Opens the window with its previous bounds, and shows it once its first paint is ready. */
export function openWindow(preload: string): BrowserWindow {
  const screens = screen.getAllDisplays().map((display) => display.workArea)
  const { bounds, zoom } = readWindowState(stateFile())
  const window = new BrowserWindow(windowOptions(preload, boundsOnScreen(bounds, screens)))
  const { webContents } = window
  zooms.set(window, zoom)
  window.once('ready-to-show', () => window.show())
  window.on('close', () => keepWindowState(stateFile(), { bounds: window.getNormalBounds(), zoom: zooms.get(window) ?? zoom }))
  webContents.on('did-finish-load', () => webContents.setZoomFactor(zooms.get(window) ?? zoom))
  webContents.on('before-input-event', (event, input) => {
    const step = zoomStepOf(input)
    if (step === null) return
    event.preventDefault()
    zoomWindow(window, step)
  })
  webContents.on('zoom-changed', (_event, direction) => zoomWindow(window, direction))
  void window.loadURL(`${appOrigin}/`)
  return window
}
