import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The build must leave natives outside, and make a preload that a sandbox can load. */
const out = join(import.meta.dirname, '..', '..', 'out')
const read = (...parts: string[]): string => readFileSync(join(out, ...parts), 'utf8')
const main = (): string =>
  readdirSync(join(out, 'main'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => read('main', name))
    .join('\n')

describe('the build', () => {
  it.each(['better-sqlite3', 'sharp', 'onnxruntime-node'])('asks for %s by its name', (native) => {
    expect(main().includes(`from "${native}"`) || main().includes(`("${native}")`)).toBe(true)
  })

  it('loads no native module through a copied loader', () => {
    expect(main()).not.toContain('bindings.js')
    expect(readdirSync(join(out, 'main')).some((name) => name.endsWith('.node'))).toBe(false)
  })

  it('starts the shell with nothing but Electron and Node: the archive of the packages holds no other package', () => {
    const files = new Set(['index.js'])
    const packages = new Set<string>()
    for (const file of files) {
      for (const [, from = ''] of read('main', file).matchAll(/^\s*(?:import|export)\b[^;'"]*?["']([^"'\n]+)["'];?$/gm)) {
        if (from.startsWith('./')) files.add(from.slice(2))
        else packages.add(from)
      }
    }
    expect(files.size).toBeGreaterThan(1)
    expect(packages).toContain('electron')
    expect([...packages].filter((name) => name !== 'electron' && !name.startsWith('node:'))).toEqual([])
  })

  it('has a preload that is one small CommonJS file and requires electron only', () => {
    const preload = read('preload', 'index.cjs')
    const required = [...preload.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)
    expect(required).toEqual(['electron'])
    expect(preload).not.toMatch(/^\s*import /m)
    expect(preload.length).toBeLessThan(5_000)
  })

  it('has a page without inline script and with every asset in files of its own', () => {
    const page = read('renderer', 'index.html')
    expect(page).toContain('content="__CSP_NONCE__"')
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/)
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//)
  })
})
