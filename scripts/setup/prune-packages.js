import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Files of packages that nothing reads when the program runs, by the end of their path. */
const unread = [
  /\.(map|d\.ts|d\.mts|d\.cts|tsbuildinfo|flow|markdown|c|cc|cpp|h|hpp|gyp|gypi)$/i,
  /(^|[\\/])(readme|changelog|history|contributing)[^\\/]*$/i
]
const unreadFolders = new Set([
  ...['test', 'tests', '__tests__', 'example', 'examples', 'docs', 'doc', '.github', '.yarn', 'coverage', 'benchmark'],
  ...['deps', 'src-ts']
])

/** Packages that need a folder named like those above. */
const exempt = new Set(['csv-parse', 'yaml'])

/** Builds for browsers and other loaders, in packages whose build for Node is the one that the core loads. */
const otherBuilds = [
  'libheif-js/libheif/libheif.js',
  'libheif-js/libheif-wasm/libheif-bundle.js',
  'libheif-js/libheif-wasm/libheif-bundle.mjs',
  'pdfkit/js/pdfkit.browser.js',
  'pdfkit/js/pdfkit.browser.mjs',
  'pdfkit/js/pdfkit.browser.old.js',
  'pdfkit/js/pdfkit.browser.old.mjs',
  'pdfkit/js/pdfkit.old.js',
  'pdfkit/js/pdfkit.standalone.js',
  'exifreader/src'
]

/** Natives of other platforms: onnxruntime-node and better-sqlite3 carry all of them. */
function pruneNatives(modules, platform, arch) {
  const onnxruntime = join(modules, 'onnxruntime-node', 'bin', 'napi-v6')
  const sqlite = join(modules, 'better-sqlite3', 'prebuilds')
  for (const os of existsSync(onnxruntime) ? readdirSync(onnxruntime) : []) {
    for (const cpu of readdirSync(join(onnxruntime, os)))
      if (os !== platform || cpu !== arch) rmSync(join(onnxruntime, os, cpu), { recursive: true })
  }
  for (const file of existsSync(sqlite) ? readdirSync(sqlite) : []) if (file !== `${platform}-${arch}.node`) rmSync(join(sqlite, file))
}

/** Types, maps, sources of natives, documents and tests. */
function pruneUnread(folder) {
  const isPackage = existsSync(join(folder, 'package.json')) && !exempt.has(folder.split(sep).at(-1))
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (isPackage && unreadFolders.has(entry.name)) rmSync(path, { recursive: true })
      else pruneUnread(path)
    } else if (unread.some((pattern) => pattern.test(path))) rmSync(path)
  }
}

/**
 * Takes out of installed packages what no running core reads. `npm run test:package` runs what is left.
 * @param {string} modules a folder `node_modules`
 * @param {{ platform: NodeJS.Platform, arch: string }} system whose natives stay
 */
export function prunePackages(modules, { platform, arch }) {
  pruneNatives(modules, platform, arch)
  for (const name of ['.bin', '.package-lock.json']) rmSync(join(modules, name), { recursive: true, force: true })
  for (const path of otherBuilds) rmSync(join(modules, path), { recursive: true, force: true })
  pruneUnread(modules)
}
