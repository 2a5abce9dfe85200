import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runNpm } from './node.js'

/** A line of SHA256SUMS as `sha256sum --check` reads it. @param {string} file */
export const checksum = (file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`

/**
 * Writes what the core of the packages is made of, as npm itself lists it (CycloneDX).
 * @param {{ node: string }} tools @param {string} core @param {string} output
 * @returns {string} the file
 */
export function listContents({ node }, core, output) {
  const file = join(output, 'fitxa.cdx.json')
  const text = runNpm(node, ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only', '--prefix', core], {
    what: 'Listing what is inside',
    remedy: 'The lines below say why.'
  })
  writeFileSync(file, text)
  return file
}
