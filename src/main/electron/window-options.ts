import type { BrowserWindowConstructorOptions, Rectangle } from 'electron'

const smallest = { width: 1024, height: 600 }
const usual = { width: 1366, height: 768 }

/**
 * Options of the window. Everything in Electron's security checklist is set explicitly, defaults included, so that a changed
 * default or a careless edit fails the test that compares them.
 */
export function windowOptions(preload: string, bounds: Rectangle | null): BrowserWindowConstructorOptions {
  return {
    ...(bounds ?? usual),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Fitxa',
    backgroundColor: '#1b1c1e',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      // SECURITY: rules 2, 3, 4, 6, 8, 9 and 10 of Electron's checklist.
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: true
    }
  }
}

const overlap = (a: Rectangle, b: Rectangle): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y))

/** The previous bounds if at least half of the window is still on a screen, else null: a screen may be gone. */
export function boundsOnScreen(remembered: unknown, screens: readonly Rectangle[]): Rectangle | null {
  if (typeof remembered !== 'object' || remembered === null) return null
  const { x, y, width, height } = remembered as Record<string, unknown>
  if (![x, y, width, height].every((value) => Number.isInteger(value))) return null
  const bounds = { x, y, width, height } as Rectangle
  if (bounds.width < smallest.width || bounds.height < smallest.height) return null
  const seen = screens.reduce((sum, screen) => sum + overlap(bounds, screen), 0)
  return seen * 2 >= bounds.width * bounds.height ? bounds : null
}
