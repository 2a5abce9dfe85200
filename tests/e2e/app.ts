import { test as base, expect, type ElectronApplication, type Page } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Shell } from './laptop.ts'
import { root, sampleCatalogue, sampleFolder } from './places.ts'
import { runInBrowser, runInElectron, type Running } from './shells.ts'

export { root, sampleFolder }

/** The window under test. */
export interface App {
  readonly page: Page
  /** A folder of this test alone, removed after it. */
  readonly folder: string
  /** Electron's main process. @throws in the browser shell, which has none */
  readonly electron: ElectronApplication
  /** Sets the size of the page, in CSS pixels. */
  resize(width: number, height: number): Promise<void>
  /** Chooses a folder where the window asks for one: in the system's dialog, or in the page's own. `act` is what asks. */
  chooseFolder(path: string, act: () => Promise<void>): Promise<void>
  /** Ends the app as a crash would, and starts it again on the same data. */
  restart(): Promise<void>
}

interface Options {
  /** Variables with which a test file starts the program. */
  environment: NodeJS.ProcessEnv
  shell: Shell
  /** Whether the program finds the sample collection as it is after its import and suggestions, or has both before it. */
  sample: 'prepared' | 'new'
}

interface WorkerParts {
  /** The catalogue of the sample collection, complete; every test has a copy of its own. */
  preparedSample: string
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

/** The window in `app`, in the shell of the project; its size is that of a laptop. */
export const test = base.extend<{ app: App } & Options, WorkerParts>({
  environment: [{}, { option: true }],
  shell: ['browser', { option: true }],
  sample: ['prepared', { option: true }],
  preparedSample: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'fitxa-prepared-'))
      const catalogue = join(folder, 'Mostra.fitxa')
      const made = spawnSync(process.execPath, [join(root, 'tests', 'e2e', 'prepared-sample.ts'), catalogue], { encoding: 'utf8' })
      if (made.status !== 0) throw new Error(`the sample could not be prepared: ${made.stderr}`)
      await use(catalogue)
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 300_000 }
  ],
  app: async ({ playwright, environment, shell, sample, preparedSample }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'fitxa-e2e-'))
    if (sample === 'prepared') await cp(preparedSample, sampleCatalogue(join(folder, 'data')), { recursive: true })
    // Embedding the sample would take half of the machine from what is tested; a test of learning switches it on.
    const started = { ...process.env, FITXA_ENCODER: 'off', ...environment, FITXA_DATA: join(folder, 'data') }
    const faults: string[] = []
    const browser = shell === 'browser' ? await playwright.chromium.launch() : null
    // A context of its own, so that a test can open a second tab in it.
    const page = (await (await browser?.newContext())?.newPage()) ?? null
    const run = (): Promise<Running> => (page === null ? runInElectron(started) : runInBrowser(page, started))
    let running = await run()
    watch(running.page, faults)
    let watched = running.page
    try {
      await use({
        get page() {
          return running.page
        },
        get electron() {
          if (running.electron === null) throw new Error('the browser shell has no main process')
          return running.electron
        },
        folder,
        resize: (width, height) => running.resize(width, height),
        chooseFolder: (path, act) => running.chooseFolder(path, act),
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
      await browser?.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
    expect(faults).toEqual([])
  }
})

export { expect }
