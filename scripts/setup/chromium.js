import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { SetupError, step } from './progress.js'

const known = [
  process.env.FITXA_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
]

const find = () => known.find((path) => path !== undefined && existsSync(path))

/** @param {string} command */
const isThere = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0

/**
 * A Chromium for the end-to-end tests: an installed one, else Debian's package, else the one that Playwright downloads.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @returns {Promise<string | null>} its program; null = Playwright's own
 */
export async function prepareChromium({ node, env }) {
  const installed = find()
  if (installed !== undefined) return installed
  const remedy = 'Install Chromium, Chrome or Edge, or name its program in FITXA_CHROMIUM, and start again.'
  let program = null
  await step('Chromium for the tests', () => {
    if (process.platform === 'linux' && process.getuid?.() === 0 && isThere('apt-get')) {
      runQuietly('apt-get', ['update', '-qq'], { what: 'Reading the package lists', remedy })
      runQuietly('apt-get', ['install', '-y', '-qq', 'chromium'], { what: 'Installing Chromium', remedy })
      program = find() ?? null
      if (program === null) throw new SetupError(`Chromium was installed but not found. ${remedy}`)
      return 'installed'
    }
    runQuietly(node, [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'install', 'chromium'], {
      env,
      what: 'Downloading Chromium',
      remedy
    })
    return 'downloaded'
  })
  return program
}
