/**
 * Makes `dist/core`: the core as the desktop packages carry it, with its own Node, the built files, the production
 * dependencies of one platform and the resources. It runs by itself: `dist/core/node/node dist/core/out/main/cli.js --help`.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inRoot } from './setup/paths.js'
import { runNpm } from './setup/node.js'
import { prepareBuild, prepareDependencies } from './setup/prepare.js'
import { runMain, step, SetupError } from './setup/progress.js'

const target = inRoot('dist', 'core')

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

await runMain(async () => {
  const tools = await prepareDependencies()
  await prepareBuild(tools)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'node'), { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) cpSync(inRoot(file), join(target, file))
  for (const folder of ['out', 'resources', 'trainer']) {
    const wanted = (path) => !/(__pycache__|\.venv|\.pytest_cache|\.mypy_cache|\.ruff_cache|[\\/]runs[\\/])/.test(path)
    await step(`Copying ${folder}`, () => (cpSync(inRoot(folder), join(target, folder), { recursive: true, filter: wanted }), 'done'))
  }
  await step('Production dependencies', () => {
    runNpm(tools.node, ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', target], {
      what: 'Installing the production dependencies',
      remedy: 'Check the connection to the npm registry and start again.'
    })
    pruneNatives(process.platform, process.arch)
    return 'installed'
  })
  await step('Node', () => {
    const name = process.platform === 'win32' ? 'node.exe' : 'node'
    if (!existsSync(tools.node)) throw new SetupError(`No Node at ${dirname(tools.node)}.`)
    cpSync(tools.node, join(target, 'node', name))
    chmodSync(join(target, 'node', name), 0o755)
    return 'copied'
  })
})
