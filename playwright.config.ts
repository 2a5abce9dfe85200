import { defineConfig } from '@playwright/test'
import { laptop, type Shell } from './tests/e2e/laptop.ts'

const chromium = process.env['FITXA_CHROMIUM'] ?? '/usr/bin/chromium'

/** Each suite of `npm test` has a folder of its own: Playwright empties it when it starts. */
const output = process.env['FITXA_ROOT'] !== undefined ? 'package' : process.env['FITXA_ELECTRON'] !== undefined ? 'electron/output' : 'e2e'

/**
 * End-to-end tests of the window over the real core, in two shells: a browser over the loopback address, and Electron, which has
 * tests of its own too. Each test serves its own catalogues; two cores carry one worker.
 */
export default defineConfig<{ shell: Shell }>({
  testDir: 'tests',
  outputDir: `test-results/${output}`,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    viewport: laptop,
    locale: 'ca-ES',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  projects: [
    { name: 'browser', testMatch: 'e2e/**/*.spec.ts', use: { shell: 'browser' } },
    // By `npm run test:package`, in a clean Debian. The program ends within a test, and what would be recorded of it with it.
    { name: 'package', testMatch: 'package/**/*.spec.ts', use: { trace: 'off', screenshot: 'off' } },
    // By `npm run screens` only: it writes into docs/screens.
    { name: 'screens', testMatch: 'screens/**/*.spec.ts', use: { shell: 'browser' } },
    // By `npm run manual` only: it writes into docs/manual.
    { name: 'manual', testMatch: 'manual/**/*.spec.ts', use: { shell: 'browser' } },
    {
      name: 'electron',
      // The page is the same in both shells. What differs is how it reaches the core, its files and pictures, its keys and dialogs, its
      // size and theme, and how it comes back after a crash: these specs run twice. Trees, models and accessibility run in the browser.
      testMatch: ['e2e/{main-job,keyboard,layout,restart,print,manual}.spec.ts', 'electron/**/*.spec.ts'],
      grepInvert: /@browser/,
      // Starting the program may take more than one attempt.
      timeout: 360_000,
      use: { shell: 'electron' }
    }
  ]
})
