/** Real catalogues in temporary folders for tests, filled without an import or a model. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { numberKey, searchText } from '../../../shared/domain/object-text.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import { openWriter } from './connection.ts'
import { cataloguePaths } from './folder.ts'
import type { Connection } from './operation.ts'
import { ensureTerm } from './terms.ts'

/** A folder that is deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fitxa-catalogue-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A suggestion of a run for an image: key, probability (the score too) and AAT id. Ranks follow the order given. */
export type GivenSuggestion = readonly [key: TermKey, probability: number, aatId?: string]

/** Adds test data to a catalogue. */
export interface Filler {
  readonly connection: Connection
  /** Adds an object with images; returns its id and those of the images. */
  object(inventoryNumber: string | null, images?: { fileName: string; keywords?: string[] }[]): { id: number; images: number[] }
  run(): number
  predict(run: number, image: number, suggestions: readonly GivenSuggestion[]): void
  close(): void
}

/** Writes to the catalogue in `folder` through a connection of its own. */
export function fill(folder: string): Filler {
  const connection = openWriter(cataloguePaths(folder).database)
  let files = 0
  connection.prepare(`INSERT OR IGNORE INTO root (id, path) VALUES (1, '/photographs')`).run()
  return {
    connection,
    object(inventoryNumber, images = [{ fileName: `${inventoryNumber ?? 'photograph'}.jpg` }]) {
      const text = searchText({
        inventoryNumber,
        fileNames: images.map(({ fileName }) => fileName),
        keywords: images.flatMap(({ keywords }) => keywords ?? [])
      })
      const object = connection
        .prepare(`INSERT INTO object (inventory_number, number_key, search_text, created_at) VALUES (?, ?, ?, '2026-01-01T00:00:00.000Z')`)
        .run(inventoryNumber, numberKey(inventoryNumber ?? images[0]?.fileName ?? ''), text)
      const id = Number(object.lastInsertRowid)
      const ids = images.map(({ fileName, keywords = [] }, position) => {
        const metadata = JSON.stringify({ title: null, description: null, keywords, creator: null, date: null, rights: null })
        const image = connection
          .prepare(
            `INSERT INTO image (object_id, sha256, format, bytes, width, height, position, metadata, imported_at)
             VALUES (?, ?, 'jpeg', 1000, 640, 480, ?, ?, '2026-01-01T00:00:00.000Z')`
          )
          .run(id, `${id}-${position}-${fileName}`, position, metadata)
        const imageId = Number(image.lastInsertRowid)
        connection.prepare('INSERT INTO location VALUES (1, ?, ?, 0)').run(`${files++}/${fileName}`, imageId)
        return imageId
      })
      return { id, images: ids }
    },
    run() {
      const { lastInsertRowid } = connection
        .prepare(
          `INSERT INTO run (bundle_id, bundle_version, bundle_sha256, device, started_at)
           VALUES ('starter', '1', 'hash', 'cpu', '2026-01-02T00:00:00.000Z')`
        )
        .run()
      return Number(lastInsertRowid)
    },
    predict(run, image, suggestions) {
      const ranks = new Map<string, number>()
      for (const [key, probability, aatId] of suggestions) {
        const facet = facetOf(key)
        const rank = (ranks.get(facet) ?? 0) + 1
        ranks.set(facet, rank)
        const term = ensureTerm(connection, { key, facet, aatId: aatId ?? null })
        connection
          .prepare(
            'INSERT INTO prediction (image_id, run_id, facet, rank, term_id, score, probability, members) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
          )
          .run(image, run, facet, rank, term, probability, probability, JSON.stringify({ one: probability }))
      }
    },
    close() {
      connection.close()
    }
  }
}
