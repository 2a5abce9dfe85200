import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'

/** What is kept of a window from one start to the next. */
export interface WindowState {
  readonly bounds: unknown
  /** Zoom of the interface; 1 is its usual size. */
  readonly zoom: number
}

const usual: WindowState = { bounds: null, zoom: 1 }

/** Reads what was kept; a file that is missing or damaged means the usual window. */
export function readWindowState(file: string): WindowState {
  try {
    const { bounds, zoom } = JSON.parse(readFileSync(file, 'utf8')) as Partial<WindowState>
    return { bounds, zoom: typeof zoom === 'number' && zoom >= 0.5 && zoom <= 3 ? zoom : usual.zoom }
  } catch {
    return usual
  }
}

/** Keeps the state of a window. Synchronous, because the program may be about to end. Returns whether it could be written. */
export function keepWindowState(file: string, state: { readonly bounds: Rectangle; readonly zoom: number }): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(state))
    return true
  } catch {
    // A full disk or a folder without rights costs the place of the window, never the closing of it.
    return false
  }
}
