import { existsSync, readFileSync } from 'node:fs'
import { markDone } from './fingerprint.js'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { step } from './progress.js'

const folder = inRoot('node_modules', 'electron')
const triedMark = '.runtime/electron-tried'
const retryAfter = 24 * 60 * 60 * 1000

/** @returns {string | null} Electron's program if it is installed */
export function installedElectron() {
  const mark = `${folder}/path.txt`
  if (!existsSync(mark)) return null
  const program = `${process.env.ELECTRON_OVERRIDE_DIST_PATH ?? `${folder}/dist`}/${readFileSync(mark, 'utf8').trim()}`
  return existsSync(program) ? program : null
}

const lastTry = () => (existsSync(inRoot(triedMark)) ? Number(readFileSync(inRoot(triedMark), 'utf8')) : 0)

/**
 * Electron's program, downloaded if necessary. A failed download is remembered for a day, so that a start without network stays
 * fast; `again` retries.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools @param {{ again: boolean }} options
 * @returns {Promise<{ program: string | null, reason: string }>}
 */
export async function findElectron({ node, env }, { again }) {
  const program = installedElectron()
  if (program !== null) return { program, reason: '' }
  const reason =
    'Electron is not installed and its download server cannot be reached, so Fitxa opens in your browser (`npm start -- --electron` tries again, and then takes an older Electron of the npm registry).'
  if (!again && Date.now() - lastTry() < retryAfter) return { program: null, reason }
  await step('Electron', () => {
    try {
      runQuietly(node, [`${folder}/install.js`], { env, what: 'The download of Electron', remedy: '', timeout: 300_000 })
      return 'downloaded'
    } catch {
      markDone(triedMark, String(Date.now()))
      return 'cannot be downloaded here'
    }
  })
  return { program: installedElectron(), reason }
}
