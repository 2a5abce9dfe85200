/** Objects for the tests of the exports: a medal with one term of each facet, as in the template of the LIDO fixtures. */
import { join } from 'node:path'
import { perFacet, type Facet } from '../../../shared/model/facet.ts'
import { exportOptionsSchema, type ExportOptions } from '../../../shared/model/exchange.ts'
import type { ImageMetadata } from '../../../shared/model/record.ts'
import type { StoredAnnotation, StoredRecord } from '../annotation/stored-record.ts'
import { openWriter } from '../catalogue/connection.ts'
import { createCatalogue, openCatalogue, type Catalogue } from '../operations/catalogue.ts'
import { cataloguePaths } from '../catalogue/folder.ts'
import { ensureTermIds } from '../catalogue/terms.ts'
import { loadVocabulary, type Vocabulary } from '../vocabulary/vocabulary.ts'
import type { ExportRun } from './operations.ts'
import { loadLidoSchema, type LidoSchema } from './validation/lido-schema.ts'
import { validateLido } from './validation/validate-lido.ts'
import type { LidoValidator } from './validation/validator.ts'
import type { ExportContext } from './record-writer.ts'

export const resources = join(import.meta.dirname, '../../../../resources')
export const schemaFolder = join(resources, 'schemas/lido')
export const lidoFixtures = join(import.meta.dirname, '../../../../tests/fixtures/lido')
export const sharedLido = join(import.meta.dirname, '../../../../../shared/lido/examples')

let vocabulary: Promise<Vocabulary> | null = null
export function theVocabulary(): Promise<Vocabulary> {
  return (vocabulary ??= loadVocabulary(join(resources, 'vocabulary')))
}

let schema: LidoSchema | null = null
/** The validator without its process. */
export const directValidator: LidoValidator = {
  check: (xml) => Promise.resolve((schema ??= loadLidoSchema(schemaFolder)).check(xml)),
  validate: (file) => validateLido(file, directValidator),
  close: () => Promise.resolve()
}

export const bronze = 'materials/metall | metall no fèrric | aliatge de coure | bronze'
export const medalTerms: Record<Facet, string[]> = {
  objectTypes: ['objectTypes/medalla'],
  materials: [bronze],
  disciplines: ['disciplines/numismàtica'],
  subjects: ['subjects/retrat']
}

export const run: ExportRun = { id: 7, bundleId: 'starter', bundleVersion: '1', startedAt: '2026-11-01T08:00:00.000Z' }
export const runs = new Map([[run.id, run]])

export function accepted(key: string, change: Partial<StoredAnnotation> = {}): StoredAnnotation {
  return {
    key,
    state: 'accepted',
    certainty: 'certain',
    author: 'Mercè Puig',
    at: '2026-11-02T09:00:00.000Z',
    by: 'person',
    suggested: null,
    ...change
  }
}

/** The medal; `change` replaces parts of it. */
export function medal(change: Partial<StoredRecord> = {}): StoredRecord {
  return {
    id: 1,
    inventoryNumber: '0001',
    label: '0001',
    status: 'closed',
    flagged: false,
    note: '',
    fields: [],
    images: [image('capsa 1/0001.jpg')],
    facets: perFacet((facet) => ({ facet, state: 'closed', decidedBy: 'Mercè Puig', decidedAt: '2026-11-02T09:01:00.000Z' })),
    suggestions: perFacet(() => []),
    annotations: perFacet((facet) => medalTerms[facet].map((key) => accepted(key))),
    run: null,
    ...change
  }
}

export function image(path: string, metadata: Partial<ImageMetadata> = {}): StoredRecord['images'][number] {
  return {
    id: 1,
    sha256: 'ab'.repeat(32),
    fileName: path.split('/').at(-1) ?? '',
    path,
    root: '/fotos',
    format: 'jpeg',
    bytes: 1000,
    width: 800,
    height: 600,
    pages: 1,
    view: null,
    metadata: { title: 'Medalla de prova', description: null, keywords: [], creator: null, date: null, rights: null, ...metadata }
  }
}

/** A suggestion of run 7 as it is stored. */
export function suggestion(facet: Facet, key: string, rank: number, probability: number): StoredRecord['suggestions'][Facet][number] {
  return { facet, key, rank, probability, score: probability / 2, members: '{"softmax":0.4}', conceptId: rank, termId: rank }
}

/** The run that `suggestion` belongs to, as a record names it. */
export const storedRun: StoredRecord['run'] = { ...run, kind: 'model', device: 'cpu', finishedAt: null, images: 1 }

export async function contextOf(options: ExportOptions, change: Partial<ExportContext> = {}): Promise<ExportContext> {
  const { attribution } = await theVocabulary()
  return {
    options: exportOptionsSchema.parse(options),
    institution: 'Museu de prova',
    catalogueName: 'Prova',
    fields: [],
    attribution,
    ...change
  }
}

/** A catalogue with `count` objects, each with an image and accepted terms; every tenth lacks an object type. */
export async function catalogueWith(folder: string, count: number): Promise<Catalogue> {
  const empty = await createCatalogue(folder, 'prova')
  await empty.close()
  const connection = openWriter(cataloguePaths(empty.folder).database)
  connection.transaction(() => {
    connection.exec(`
      INSERT INTO root (id, path) VALUES (1, '/fotos');
      INSERT INTO action (id, kind, author, at) VALUES (1, 'term', 'Mercè Puig', '2026-11-02T09:00:00.000Z');`)
    const object = connection.prepare(
      `INSERT INTO object (id, inventory_number, number_key, status, created_at) VALUES (?, ?, ?, 'closed', '2026-11-01T00:00:00.000Z')`
    )
    const picture = connection.prepare(
      `INSERT INTO image (id, object_id, sha256, format, bytes, width, height, metadata, imported_at)
       VALUES (?, ?, ?, 'jpeg', 1000, 800, 600, '{"title":null,"description":null,"keywords":[],"creator":null,"date":null,"rights":null}', '2026-11-01')`
    )
    const place = connection.prepare('INSERT INTO location (root_id, path, image_id, modified_at) VALUES (1, ?, ?, 0)')
    const annotation = connection.prepare(
      `INSERT INTO annotation (object_id, concept_id, term_id, facet, state, certainty, author, at, made_by, action_id)
       VALUES (?, ?, ?, ?, 'accepted', 'certain', 'Mercè Puig', '2026-11-02T09:00:00.000Z', 'person', 1)`
    )
    const aatIds: Record<string, string> = { 'objectTypes/medalla': '300046025', [bronze]: '300010957' }
    for (let id = 1; id <= count; id++) {
      const number = String(id).padStart(6, '0')
      object.run(id, number, number)
      picture.run(id, id, id.toString(16).padStart(64, '0'))
      place.run(`sèrie/${number}.jpg`, id)
      for (const facet of ['objectTypes', 'materials', 'disciplines', 'subjects'] as const) {
        if (facet === 'objectTypes' && id % 10 === 0) continue
        for (const key of medalTerms[facet]) {
          const term = ensureTermIds(connection, { key, facet, aatId: aatIds[key] ?? null })
          annotation.run(id, term.conceptId, term.id, facet)
        }
      }
    }
  })()
  connection.close()
  return openCatalogue(empty.folder)
}
