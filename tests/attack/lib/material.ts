/** What attacks work on: pictures, and catalogues with objects and suggestions. */
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { openWriter } from '../../../src/main/core/catalogue/connection.ts'
import { cataloguePaths } from '../../../src/main/core/catalogue/folder.ts'
import type { Connection } from '../../../src/main/core/catalogue/operation.ts'
import type { TermKey } from '../../../src/shared/model/term.ts'
import { root } from './program.ts'

/** Writes `count` small pictures of different content. */
export async function smallPictures(folder: string, count: number): Promise<string> {
  mkdirSync(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    const background = { r: index & 255, g: (index * 7) & 255, b: (index >> 8) & 255 }
    const picture = sharp({ create: { width: 80 + (index % 13), height: 64, channels: 3, background } })
    await picture.jpeg().toFile(join(folder, `P${String(index).padStart(4, '0')}.jpg`))
  }
  return folder
}

/** Copies `count` photographs of the fixtures, each a file of its own. */
export function photographs(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true })
  const source = join(root, 'tests', 'fixtures', 'parity', 'images')
  const names = readdirSync(source)
    .filter((name) => statSync(join(source, name)).size < 200_000)
    .sort()
  for (let index = 0; index < count; index++) {
    const target = join(folder, `F${String(index).padStart(4, '0')}.jpg`)
    copyFileSync(join(source, names[index % names.length] ?? ''), target)
    // What follows the end of a JPEG is no part of the picture: another file with the same look.
    appendFileSync(target, String(index))
  }
  return folder
}

/** Keys of `count` terms of one facet that may be suggested, from the model that ships with the program. */
export function knownTerms(facet: 'objectTypes' | 'materials', count: number): TermKey[] {
  const manifest = JSON.parse(readFileSync(join(root, 'resources', 'models', 'starter', 'model.json'), 'utf8')) as {
    facets: Record<string, { terms: TermKey[] }>
  }
  return manifest.facets[facet]?.terms.slice(0, count) ?? []
}

/** Puts objects with one picture and `terms` suggestions each into a catalogue that nobody has open. Returns their ids. */
export function fillCatalogue(folder: string, objects: number, terms: readonly string[] = []): number[] {
  const connection = openWriter(cataloguePaths(folder).database)
  try {
    return connection.transaction(() => fill(connection, objects, terms))()
  } finally {
    connection.close()
  }
}

function fill(connection: Connection, objects: number, terms: readonly string[]): number[] {
  const at = '2026-01-01T00:00:00.000Z'
  connection.exec(`INSERT OR IGNORE INTO root (id, path) VALUES (1, '/photographs')`)
  const run = Number(
    connection
      .prepare(
        `INSERT INTO run (bundle_id, bundle_version, bundle_sha256, device, started_at, finished_at) VALUES ('a', '1', 'h', 'cpu', ?, ?)`
      )
      .run(at, at).lastInsertRowid
  )
  for (const [index, key] of terms.entries())
    connection
      .prepare('INSERT OR IGNORE INTO term (id, key, facet, concept_id) VALUES (?, ?, ?, ?)')
      .run(index + 1, key, key.split('/')[0], index + 1)
  return Array.from({ length: objects }, (_, index) => {
    const id = Number(
      connection
        .prepare('INSERT INTO object (inventory_number, number_key, created_at) VALUES (?, ?, ?)')
        .run(`MUS ${index}`, `mus ${index}`, at).lastInsertRowid
    )
    const image = Number(
      connection
        .prepare(
          `INSERT INTO image (object_id, sha256, format, bytes, width, height, metadata, imported_at)
           VALUES (?, printf('%064x', ?), 'jpeg', 1000, 640, 480, ?, ?)`
        )
        .run(id, id, JSON.stringify({ title: null, description: null, keywords: [], creator: null, date: null, rights: null }), at)
        .lastInsertRowid
    )
    connection.prepare('INSERT INTO location VALUES (1, ?, ?, 0)').run(`${id}.jpg`, image)
    for (const [rank, key] of terms.entries())
      connection
        .prepare(`INSERT INTO prediction VALUES (?, ?, ?, ?, ?, 0.9, 0.9, '{}')`)
        .run(image, run, key.split('/')[0], rank + 1, rank + 1)
    return id
  })
}

/** Keeps the core from starting a model for the report on devices, which has no part in the attack. */
export function withoutModel(folder: string): void {
  mkdirSync(join(folder, 'data'), { recursive: true })
  writeFileSync(join(folder, 'data', 'settings.json'), JSON.stringify({ modelBundle: 'none', device: 'cpu' }))
}

/** Files below a folder whose names say that they were never finished. */
export function unfinishedFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(partial|part|making|tmp)$|\.json\.\d+$/.test(name))
}
