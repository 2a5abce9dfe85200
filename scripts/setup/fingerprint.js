import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inRoot } from './paths.js'

/**
 * Hash over the names and contents of files and folders of the checkout (tests left out): tells whether a step has to be done again.
 * @param {string[]} paths relative to the root
 */
export function fingerprint(paths) {
  const hash = createHash('sha256')
  const add = (path) => {
    hash.update(`${path}\0`)
    hash.update(readFileSync(inRoot(path)))
  }
  const walk = (path) => {
    for (const entry of readdirSync(inRoot(path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) walk(child)
      else if (!entry.name.endsWith('.test.ts')) add(child)
    }
  }
  for (const path of paths) {
    if (!existsSync(inRoot(path))) continue
    if (statSync(inRoot(path)).isDirectory()) walk(path)
    else add(path)
  }
  return hash.digest('hex')
}

/** Whether the step marked by `file` was last done for this fingerprint. @param {string} file @param {string} print */
export const isDone = (file, print) => existsSync(inRoot(file)) && readFileSync(inRoot(file), 'utf8') === print

/** Marks a step as done for this fingerprint. @param {string} file @param {string} print */
export function markDone(file, print) {
  mkdirSync(dirname(inRoot(file)), { recursive: true })
  writeFileSync(inRoot(file), print)
}
