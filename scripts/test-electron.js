/** `npm run test:electron`: the end-to-end tests in Electron itself, where its program is installed or can be downloaded. */
import { inRoot } from './setup/paths.js'
import { findElectron } from './setup/electron.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runThrough } from './setup/process.js'
import { runMain, SetupError } from './setup/progress.js'

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  const { program } = await findElectron(tools, { again: true })
  if (program === null) throw new SetupError('Electron is not installed and cannot be downloaded here, so nothing was tested in it.')
  const args = [
    inRoot('node_modules', '@playwright', 'test', 'cli.js'),
    'test',
    '--config',
    inRoot('playwright.config.ts'),
    ...process.argv.slice(2)
  ]
  return runThrough(tools.node, args, { env: { ...tools.env, FITXA_ELECTRON: program } })
})
