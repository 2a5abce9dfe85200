/** `npm start`: sets up what is missing, then opens Fitxa: in Electron where it can be had, else in an installed browser. */
import { inRoot } from './setup/paths.js'
import { findElectron } from './setup/electron.js'
import { prepareEncoder } from './setup/encoder.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { coreFlags, runThrough } from './setup/process.js'
import { runMain } from './setup/progress.js'

await runMain(async () => {
  const args = process.argv.slice(2)
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  await prepareEncoder({ again: args.includes('--encoder') })
  if (!args.includes('--browser')) {
    const { program, reason } = await findElectron(tools, { again: args.includes('--electron') })
    if (program !== null) return runThrough(program, [inRoot()], { env: tools.env })
    process.stderr.write(`${reason}\n`)
  }
  const passed = args.filter((arg) => !['--browser', '--electron', '--encoder'].includes(arg))
  return runThrough(tools.node, [...coreFlags, inRoot('out', 'main', 'cli.js'), 'serve', ...passed], { env: tools.env })
})
