import { defineConfig } from '@playwright/test'

const chromium = process.env['FITXA_CHROMIUM'] ?? '/usr/bin/chromium'

/** End-to-end tests of the window over the real core. Each worker serves its own catalogues; two cores carry one worker. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  timeout: 180_000,
  expect: { timeout: 15_000 },
  workers: 1,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    viewport: { width: 1366, height: 688 },
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
  }
})
