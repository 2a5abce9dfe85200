import { _electron, errors, type ElectronApplication, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { laptop } from './laptop.ts'

const root = join(import.meta.dirname, '..', '..')

/** A running program with its window. */
export interface Running {
  readonly page: Page
  readonly electron: ElectronApplication | null
  resize(width: number, height: number): Promise<void>
  chooseFolder(path: string, act: () => Promise<void>): Promise<void>
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Electron's program, and the folder of the app where that program does not carry it (the copy from the npm registry does). */
export const electronProgram = process.env['FITXA_ELECTRON'] ?? ''
export const appArguments = process.env['FITXA_ELECTRON_APP'] === undefined ? [] : [process.env['FITXA_ELECTRON_APP']]

/** How long a start may take, and how often it is tried. */
const launchTimeout = 60_000
const launches = 3

/**
 * Starts the desktop program, `opens` being its arguments. Now and then Playwright connects to a started Electron and then waits for
 * ever; such a start is ended and tried again.
 */
export async function launchElectron(env: NodeJS.ProcessEnv, opens: readonly string[] = []): Promise<ElectronApplication> {
  if (electronProgram === '') throw new Error('FITXA_ELECTRON names no program: run these tests with `npm run test:electron`')
  for (let launch = 1; ; launch++) {
    try {
      return await _electron.launch({
        executablePath: electronProgram,
        // Playwright takes the sandbox away unless told not to.
        chromiumSandbox: true,
        // Without a graphics card Chromium draws in software; asking for the card first only costs time.
        args: [...appArguments, '--disable-gpu', '--lang=ca', ...opens],
        env: env as Record<string, string>,
        timeout: launchTimeout
      })
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || launch === launches) throw error
    }
  }
}

/** Sets the inner size of the first window, whatever frame the system puts around it. */
async function resizeWindow(app: ElectronApplication, page: Page, width: number, height: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height), {
    width,
    height
  })
  // A zoomed page counts in larger pixels than its window.
  const isSo = (size: { width: number; height: number }): boolean =>
    Math.abs(innerWidth * devicePixelRatio - size.width) < 2 && Math.abs(innerHeight * devicePixelRatio - size.height) < 2
  await page.waitForFunction(isSo, { width, height })
}

export async function runInElectron(env: NodeJS.ProcessEnv): Promise<Running> {
  const app = await launchElectron(env)
  const page = app.windows()[0] ?? (await app.waitForEvent('window'))
  const process = app.process()
  await resizeWindow(app, page, laptop.width, laptop.height)
  return {
    page,
    electron: app,
    resize: (width, height) => resizeWindow(app, page, width, height),
    chooseFolder: async (path, act) => {
      await app.evaluate(({ dialog }, filePath) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] })
      }, path)
      await act()
    },
    end: async (signal) => {
      if (process.exitCode !== null || process.signalCode !== null) return
      if (signal === 'SIGTERM') return await app.close()
      const exited = once(process, 'exit')
      process.kill(signal)
      await exited
    }
  }
}

export async function runInBrowser(page: Page, env: NodeJS.ProcessEnv): Promise<Running> {
  const core = spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'serve', '--no-open'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [line] = (await once(createInterface({ input: core.stdout }), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  await page.goto(url)
  return {
    page,
    electron: null,
    resize: (width, height) => page.setViewportSize({ width, height }),
    chooseFolder: async (path, act) => {
      await act()
      const dialog = page.getByRole('dialog').last()
      await dialog.locator('input').first().fill(path)
      await page.keyboard.press('Enter')
    },
    end: async (signal) => {
      if (core.exitCode !== null || core.signalCode !== null) return
      const exited = once(core, 'exit')
      core.kill(signal)
      await exited
    }
  }
}
