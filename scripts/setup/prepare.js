import { existsSync } from 'node:fs'
import { environmentWith, findNode, runNpm } from './node.js'
import { fingerprint, isDone, markDone } from './fingerprint.js'
import { writeLicences } from './licences.js'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { step } from './progress.js'

const dependenciesMark = 'node_modules/.fitxa'
const buildMark = 'out/.fitxa'
const builtFrom = ['src', 'docs/manual', 'electron.vite.config.ts', 'package-lock.json', 'tsconfig.base.json', 'scripts/setup/licences.js']

/**
 * Brings Node and the dependencies into the state that the checkout asks for; a step that is already done costs and says nothing.
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>}
 */
export async function prepareDependencies() {
  const { path, version, fetch } = findNode()
  if (fetch !== null) await step(`Node ${version}`, () => (fetch(), 'fetched'))
  const env = environmentWith(path)
  const wanted = fingerprint(['package-lock.json'])
  if (!isDone(dependenciesMark, wanted)) {
    await step('Dependencies', () => {
      // No install scripts: every native module ships prebuilt, and the scripts of some would download.
      runNpm(path, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        what: 'Installing the dependencies',
        remedy: 'Check the connection to the npm registry and start again.'
      })
      markDone(dependenciesMark, wanted)
      return 'installed'
    })
  }
  return { node: path, env }
}

/** Builds the app into `out/` if its sources changed since the last build. @param {{ node: string, env: NodeJS.ProcessEnv }} tools */
export async function prepareBuild({ node, env }) {
  const wanted = fingerprint(builtFrom)
  if (isDone(buildMark, wanted) && existsSync(inRoot('out', 'main', 'cli.js'))) return
  await step('Build', () => {
    runQuietly(node, [inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'], {
      env,
      what: 'The build',
      remedy: 'The lines below say where.'
    })
    writeLicences()
    markDone(buildMark, wanted)
    return 'done'
  })
}
