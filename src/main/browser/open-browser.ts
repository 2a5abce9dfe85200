import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** Inputs to the choice of a browser. */
export interface Desktop {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  /** Whether a program may be run at this path. */
  readonly runnable: (path: string) => boolean
}

const thisDesktop: Desktop = {
  platform: process.platform,
  env: process.env,
  runnable: (path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
}

const linuxNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser'
]

const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge']

const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe'
]

function candidates({ platform, env }: Desktop): string[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', join(env['HOME'] ?? '', 'Applications')]
    return macApps.flatMap((app) => folders.map((folder) => `${folder}/${app}.app/Contents/MacOS/${app}`))
  }
  if (platform === 'win32') {
    const folders = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']].filter((folder) => folder !== undefined)
    return windowsPrograms.flatMap((program) => folders.map((folder) => `${folder}\\${program}`))
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  return linuxNames.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Whether there is a screen that a browser could appear on. */
export function hasScreen({ platform, env }: Pick<Desktop, 'platform' | 'env'> = thisDesktop): boolean {
  return platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
}

/** The first installed browser that supports the page (Chromium, Chrome, Edge); null if there is none. */
export function findBrowser(desktop: Desktop = thisDesktop): string | null {
  return candidates(desktop).find((path) => desktop.runnable(path)) ?? null
}

/** How long a browser may take to say that it cannot start, in milliseconds. */
const patience = 2000

/**
 * Opens an address in a window of its own, without the browser's bars.
 * @returns false if the browser exits at once with an error, so that the person can be given the address instead
 */
export async function openBrowser(browser: string, address: string): Promise<boolean> {
  const child = spawn(browser, [`--app=${address}`], { detached: true, stdio: 'ignore' })
  const failed = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), patience)
    const settle = (outcome: boolean): void => {
      clearTimeout(timer)
      resolve(outcome)
    }
    child.once('error', () => settle(true))
    // A browser that is already running opens the address, and the new process exits without error.
    child.once('exit', (code) => settle(code !== 0))
  })
  child.unref()
  return !failed
}
