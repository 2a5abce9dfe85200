import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { prepareEncoder } from './encoder.js'
import { inRoot } from './paths.js'
import { runNpm } from './node.js'
import { SetupError, step } from './progress.js'
import { prunePackages } from './prune-packages.js'

const target = inRoot('dist', 'core')

/** Files of the resources and the build that the installed program does not read. */
const isLeftOut = (path) =>
  /(__pycache__|\.venv|\.pytest_cache|\.mypy_cache|\.ruff_cache|[\\/]runs[\\/]|\.map$|[\\/]trainer[\\/](tests|benchmarks)([\\/]|$))/.test(
    path
  )

/**
 * Makes `dist/core`: the core as the desktop packages carry it, with its own Node, the built files, the production dependencies of one
 * platform and the resources. It runs by itself: `dist/core/node/node dist/core/out/main/cli.js --help`.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} tools
 * @returns {Promise<string>} the folder
 */
export async function makeCoreFolder(tools) {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'node'), { recursive: true })
  await prepareEncoder()
  for (const file of ['package.json', 'package-lock.json']) cpSync(inRoot(file), join(target, file))
  await step('Build, resources, trainer', () => {
    for (const folder of ['out', 'resources', 'trainer'])
      cpSync(inRoot(folder), join(target, folder), { recursive: true, filter: (path) => !isLeftOut(path) })
    return 'copied'
  })
  await step('Production dependencies', () => {
    runNpm(tools.node, ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', target], {
      what: 'Installing the production dependencies',
      remedy: 'Check the connection to the npm registry and start again.'
    })
    prunePackages(join(target, 'node_modules'), process)
    return 'installed'
  })
  await step('Node', () => {
    const program = join(target, 'node', process.platform === 'win32' ? 'node.exe' : 'node')
    if (!existsSync(tools.node)) throw new SetupError(`No Node at ${dirname(tools.node)}.`)
    cpSync(tools.node, program)
    const licence = join(dirname(tools.node), '..', 'LICENSE')
    if (existsSync(licence)) cpSync(licence, join(target, 'node', 'LICENSE'))
    chmodSync(program, 0o755)
    const before = statSync(program).size
    // Its table of symbols is for debuggers. A machine without `strip` ships it.
    const stripped = process.platform === 'linux' && spawnSync('strip', ['--strip-unneeded', program]).status === 0
    return stripped ? `copied, ${Math.round((before - statSync(program).size) / 1e6)} MB of symbols left out` : 'copied'
  })
  return target
}
