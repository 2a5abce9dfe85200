import type { Facet } from '../../../shared/model/facet.ts'
import { createSliceLimit } from '../annotation/slice.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { ensureTerm, type TermReference } from '../catalogue/terms.ts'
import { modelRunOf, type StoredEmbedding } from './reads.ts'

/** A learned suggestion; `evidence` is stored as its members. */
export interface AdaptedTerm {
  readonly term: TermReference
  readonly score: number
  readonly probability: number
  readonly evidence: Readonly<Record<string, number>>
}

/** The suggestions of one facet for a picture, best first. */
export interface AdaptedPicture {
  readonly imageId: number
  readonly facet: Facet
  readonly terms: readonly AdaptedTerm[]
}

export function storeEmbeddings(connection: Connection, input: { encoder: string; rows: readonly StoredEmbedding[] }): void {
  const insert = statement(
    connection,
    'INSERT OR REPLACE INTO embedding (image_id, encoder, vector) SELECT id, ?, ? FROM image WHERE id = ?'
  )
  for (const { imageId, vector } of input.rows) insert.run(input.encoder, vector, imageId)
}

/**
 * Stores the learned suggestions of the next pictures, as many as fit into a slice, replacing the earlier ones. The facets that are
 * not given keep the model's suggestions, so that the run covers the whole picture. Returns how many were stored.
 */
export function storeAdapted(connection: Connection, input: { pictures: readonly AdaptedPicture[]; at: string }): number {
  const runId = adaptedRun(connection, input.at)
  const hasRoom = createSliceLimit()
  const known = statement<[number, number], { found: number }>(
    connection,
    'SELECT 1 AS found FROM prediction WHERE image_id = ? AND run_id = ? LIMIT 1'
  )
  const takeOver = statement(
    connection,
    `INSERT INTO prediction (image_id, run_id, facet, rank, term_id, score, probability, members)
     SELECT image_id, ?, facet, rank, term_id, score, probability, members FROM prediction WHERE image_id = ? AND run_id = ? AND facet <> ?`
  )
  const remove = statement(connection, 'DELETE FROM prediction WHERE image_id = ? AND run_id = ? AND facet = ?')
  const removeOlder = statement(
    connection,
    `DELETE FROM prediction WHERE image_id = ? AND run_id IN (SELECT id FROM run WHERE kind = 'adapted' AND id <> ?)`
  )
  const insert = statement(
    connection,
    `INSERT INTO prediction (image_id, run_id, facet, rank, term_id, score, probability, members) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
  )
  let stored = 0
  for (const { imageId, facet, terms } of input.pictures) {
    if (!hasRoom(stored)) break
    stored++
    if (statement<[number], { id: number }>(connection, 'SELECT id FROM image WHERE id = ?').get(imageId) === undefined) continue
    if (known.get(imageId, runId) === undefined) {
      removeOlder.run(imageId, runId)
      takeOver.run(runId, imageId, modelRunOf(connection, imageId), facet)
    }
    remove.run(imageId, runId, facet)
    terms.forEach(({ term, score, probability, evidence }, index) =>
      insert.run(imageId, runId, facet, index + 1, ensureTerm(connection, term), score, probability, JSON.stringify(evidence))
    )
  }
  return stored
}

/** The run with the learned suggestions: newer than every run of a model, so that objects show it. */
function adaptedRun(connection: Connection, at: string): number {
  const newest = statement<[], { id: number; kind: string; bundleId: string; bundleVersion: string; bundleSha256: string }>(
    connection,
    `SELECT id, kind, bundle_id AS bundleId, bundle_version AS bundleVersion, bundle_sha256 AS bundleSha256 FROM run
     WHERE kind = 'adapted' OR images > 0 ORDER BY id DESC LIMIT 1`
  ).get()
  if (newest?.kind === 'adapted') return newest.id
  const { bundleId, bundleVersion, bundleSha256 } = newest ?? { bundleId: '', bundleVersion: '', bundleSha256: '' }
  const { lastInsertRowid } = statement(
    connection,
    `INSERT INTO run (bundle_id, bundle_version, bundle_sha256, device, started_at, finished_at, kind) VALUES (?, ?, ?, 'cpu', ?, ?, 'adapted')`
  ).run(bundleId, bundleVersion, bundleSha256, at, at)
  return Number(lastInsertRowid)
}

/**
 * Removes the learned suggestions from the next pictures after `after`, as many as fit into a slice: their objects then show those of the model alone.
 * Returns the last picture; null if none is left.
 */
export function removeAdapted(connection: Connection, after: number): number | null {
  const hasRoom = createSliceLimit()
  const next = statement<[number], { id: number }>(connection, 'SELECT id FROM image WHERE id > ? ORDER BY id LIMIT 1')
  const remove = statement(
    connection,
    `DELETE FROM prediction WHERE image_id = ? AND run_id IN (SELECT id FROM run WHERE kind = 'adapted')`
  )
  let last = after
  for (let done = 0; hasRoom(done); done++) {
    const image = next.get(last)
    if (image === undefined) return null
    remove.run(image.id)
    last = image.id
  }
  return last
}
