import { test as base, expect, _electron, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const root = join(import.meta.dirname, '..', '..')
export const sampleFolder = join(root, 'resources', 'sample', 'images')

/** The window under test, in Electron where FITXA_ELECTRON names its program, else in a browser over the loopback shell. */
export interface App {
  readonly page: Page
  /** A folder of this test alone, removed after it. */
  readonly folder: string
  /** Ends the app as a crash would, and starts it again on the same data. */
  restart(): Promise<void>
}

interface Running {
  readonly page: Page
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const electronProgram = process.env['FITXA_ELECTRON']

async function runInElectron(environment: NodeJS.ProcessEnv): Promise<Running> {
  const app = await _electron.launch({
    executablePath: electronProgram,
    args: [root],
    env: { ...process.env, ...environment } as Record<string, string>
  })
  const page = app.windows()[0] ?? (await app.waitForEvent('window'))
  return {
    page,
    end: async (signal) => {
      if (signal === 'SIGKILL') app.process().kill('SIGKILL')
      else await app.close()
    }
  }
}

async function runInBrowser(page: Page, environment: NodeJS.ProcessEnv): Promise<Running> {
  const core = spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'serve', '--no-open'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [line] = (await once(createInterface({ input: core.stdout }), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  await page.goto(url)
  return {
    page,
    end: async (signal) => {
      if (core.exitCode !== null || core.signalCode !== null) return
      const exited = once(core, 'exit')
      core.kill(signal)
      await exited
    }
  }
}

const isLocal = (address: string): boolean => /^(app:\/\/fitxa\/|https?:\/\/127\.0\.0\.1:|blob:|data:)/.test(address)

/** Every test fails when the page asks for anything outside this machine, breaks its policy, or throws. */
function watch(page: Page, faults: string[]): void {
  page.on('request', (request) => {
    if (!isLocal(request.url())) faults.push(`request left this machine: ${request.url()}`)
  })
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    // A refused method answers with a status of 400 and more by design; Chromium logs each as an error of its own.
    const isStatus = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isStatus) faults.push(`console: ${message.text()}`)
  })
}

/** The window in `app`; `environment` holds variables with which a test file starts the program: `test.use({ environment })`. */
export const test = base.extend<{ app: App; environment: NodeJS.ProcessEnv }>({
  environment: [{}, { option: true }],
  app: async ({ page: browserPage, environment }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'fitxa-e2e-'))
    const started = { ...environment, FITXA_DATA: join(folder, 'data') }
    const faults: string[] = []
    const run = (): Promise<Running> => (electronProgram === undefined ? runInBrowser(browserPage, started) : runInElectron(started))
    let running = await run()
    watch(running.page, faults)
    let watched = running.page
    try {
      await use({
        get page() {
          return running.page
        },
        folder,
        restart: async () => {
          await running.end('SIGKILL')
          // The old page now complains about its lost core, which is right; only what comes after the restart counts.
          running = await run()
          if (running.page !== watched) watch(running.page, faults)
          watched = running.page
        }
      })
    } finally {
      await running.end('SIGTERM')
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
    expect(faults).toEqual([])
  }
})

export { expect }
