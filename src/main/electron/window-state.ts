import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'

/** The state of a window that is stored between starts. */
export interface WindowState {
  readonly bounds: unknown
  /** Zoom of the interface; 1 is its usual size. */
  readonly zoom: number
}

const usual: WindowState = { bounds: null, zoom: 1 }

/** Reads the stored state; a missing or damaged file means the default window. */
export function readWindowState(file: string): WindowState {
  try {
    const { bounds, zoom } = JSON.parse(readFileSync(file, 'utf8')) as Partial<WindowState>
    return { bounds, zoom: typeof zoom === 'number' && zoom >= 0.5 && zoom <= 3 ? zoom : usual.zoom }
  } catch {
    return usual
  }
}

/** Stores the state of a window. Synchronous, because the program may be about to end. Returns false if it could not be written. */
export function keepWindowState(file: string, state: { readonly bounds: Rectangle; readonly zoom: number }): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(state))
    return true
  } catch {
    // With a full disk or without write permission the position is lost, but the window still closes.
    return false
  }
}
