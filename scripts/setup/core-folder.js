import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { prepareEncoder } from './encoder.js'
import { inRoot } from './paths.js'
import { runNpm } from './node.js'
import { SetupError, step } from './progress.js'

const target = inRoot('dist', 'core')

/** Parts of packages that nothing reads when the program runs, by the end of their path. */
const unread = [
  /\.(map|d\.ts|d\.mts|d\.cts|tsbuildinfo|flow|markdown|c|cc|cpp|h|hpp|gyp|gypi)$/i,
  /(^|\/)(readme|changelog|history|contributing)[^/]*$/i
]
const unreadFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'example',
  'examples',
  'docs',
  'doc',
  '.github',
  'coverage',
  'benchmark',
  'deps',
  'src-ts'
])

/** Folders named like those above that hold what a package does need. */
const neededFolders = new Set(['csv-parse', 'yaml'])

/** Files of the resources and the build that the installed program does not read. */
const isLeftOut = (path) =>
  /(__pycache__|\.venv|\.pytest_cache|\.mypy_cache|\.ruff_cache|[\\/]runs[\\/]|\.map$|[\\/]trainer[\\/](tests|benchmarks)([\\/]|$))/.test(
    path
  )

/** Native files of other platforms: the packages of onnxruntime-node and better-sqlite3 carry all of them. */
function pruneNatives(platform, arch) {
  const onnxruntime = join(target, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6')
  const sqlite = join(target, 'node_modules', 'better-sqlite3', 'prebuilds')
  if (existsSync(onnxruntime)) {
    for (const os of readdirSync(onnxruntime)) {
      for (const cpu of readdirSync(join(onnxruntime, os))) {
        if (os !== platform || cpu !== arch) rmSync(join(onnxruntime, os, cpu), { recursive: true })
      }
    }
  }
  if (existsSync(sqlite)) {
    for (const entry of readdirSync(sqlite)) {
      if (entry !== `${platform}-${arch}.node`) rmSync(join(sqlite, entry))
    }
  }
}

/** Takes out of the packages what no running program reads: types, maps, sources of natives, documents, tests. */
function prunePackages(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const inPackage = existsSync(join(folder, 'package.json')) && !neededFolders.has(folder.split(/[\\/]/).at(-1) ?? '')
      if (inPackage && unreadFolders.has(entry.name)) rmSync(path, { recursive: true })
      else prunePackages(path)
    } else if (unread.some((pattern) => pattern.test(path))) rmSync(path)
  }
}

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
    pruneNatives(process.platform, process.arch)
    prunePackages(join(target, 'node_modules'))
    return 'installed'
  })
  await step('Node', () => {
    const program = join(target, 'node', process.platform === 'win32' ? 'node.exe' : 'node')
    if (!existsSync(tools.node)) throw new SetupError(`No Node at ${dirname(tools.node)}.`)
    cpSync(tools.node, program)
    chmodSync(program, 0o755)
    const before = statSync(program).size
    // Its table of symbols is for debuggers. A machine without `strip` ships it.
    const stripped = process.platform === 'linux' && spawnSync('strip', ['--strip-unneeded', program]).status === 0
    return stripped ? `copied, ${Math.round((before - statSync(program).size) / 1e6)} MB of symbols left out` : 'copied'
  })
  return target
}
