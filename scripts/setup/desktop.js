import { inRoot } from './paths.js'
import { canRunApart, prepareAccount, runApart } from './apart.js'
import { prepareDesktopLibraries } from './desktop-libraries.js'
import { canCopyElectron, copiedVersion, prepareElectronCopy } from './electron-copy.js'
import { findElectron, installedElectron } from './electron.js'
import { runThrough } from './process.js'
import { orCannotRun, SetupError } from './progress.js'

/**
 * An Electron to test with: the official one where it is installed or can be downloaded, else the copy of the npm registry.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @returns {Promise<{ program: string, app: string | null, name: string }>} `app` is the folder that the program has to be told of
 */
export async function prepareElectron(tools) {
  const official = installedElectron() ?? (canCopyElectron() ? null : (await findElectron(tools, { again: true })).program)
  if (official !== null) return { program: official, app: inRoot(), name: 'Electron as installed' }
  if (!canCopyElectron()) throw new SetupError('Electron is not installed and cannot be downloaded here, so nothing was tested in it.')
  const { program } = await prepareElectronCopy(tools)
  return { program, app: null, name: `Electron ${copiedVersion}` }
}

/**
 * Runs Playwright in Electron, with its libraries, an invisible screen, and as root as an ordinary user without any way off this machine.
 * @throws CannotRunHere where this machine cannot do that
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @param {string[]} args further arguments of Playwright
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code
 */
export async function testInElectron(tools, args, env = {}) {
  const { program, app } = await orCannotRun(async () => {
    const prepared = await prepareElectron(tools)
    await prepareDesktopLibraries(prepared.program)
    if (process.platform === 'linux' && process.getuid?.() === 0 && !canRunApart()) {
      throw new SetupError(
        'This system lets root make no namespaces, and Electron does not run sandboxed as root: start as an ordinary user.'
      )
    }
    return prepared
  })
  const playwright = [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--config', inRoot('playwright.config.ts')]
  const command = [...playwright, '--project=electron', ...args]
  const variables = { ...env, FITXA_ELECTRON: program, ...(app === null ? {} : { FITXA_ELECTRON_APP: app }) }
  if (canRunApart()) {
    await prepareAccount()
    return await runApart(tools, command, { env: variables, writable: ['test-results/electron'] })
  }
  const onScreen = process.platform === 'linux' ? [inRoot('scripts', 'on-screen.js'), tools.node] : []
  return await runThrough(tools.node, [...onScreen, ...command], { env: { ...tools.env, ...variables } })
}
