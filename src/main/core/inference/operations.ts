import { join } from 'node:path'
import type { ErrorData } from '../../../shared/errors.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { ensureTerm, type TermReference } from '../catalogue/terms.ts'

/** Pins a bundle: its id and version as people know it, and the hash of its manifest. */
export interface BundleReference {
  readonly bundleId: string
  readonly bundleVersion: string
  readonly bundleSha256: string
}

/** Which pictures lack suggestions: those that no run of a bundle has seen, or those that one run has not. */
export type Lacking = { readonly by: 'bundle'; readonly bundle: BundleReference } | { readonly by: 'run'; readonly runId: number }

/** A picture to predict. `originals` are the locations of its file, those of copied originals relative to the catalogue's folder. */
export interface PictureRow {
  readonly imageId: number
  readonly objectId: number
  readonly sha256: string
  readonly bytes: number
  readonly pixels: number
  readonly originals: string[]
}

export interface PredictedTerm {
  readonly term: TermReference
  readonly rank: number
  readonly score: number
  readonly probability: number
  readonly members: Record<string, number>
}

export interface PredictedPicture {
  readonly imageId: number
  readonly facets: readonly (readonly [Facet, readonly PredictedTerm[]])[]
}

export interface RefusedPicture {
  readonly imageId: number
  readonly code: string
  readonly data: ErrorData
}

/** A picture without the places of its file. */
export type ImageRow = Omit<PictureRow, 'originals'>

/** The columns of an `ImageRow`. */
export const imageColumns =
  'image.id AS imageId, image.object_id AS objectId, image.sha256, image.bytes, image.width * image.height AS pixels'
const lackingBundle = `NOT EXISTS (
  SELECT 1 FROM prediction JOIN run ON run.id = prediction.run_id
  WHERE prediction.image_id = image.id AND run.kind = 'model' AND run.bundle_id = ? AND run.bundle_version = ? AND run.bundle_sha256 = ?
    AND NOT EXISTS (SELECT 1 FROM action WHERE action.id = run.removed_by AND action.undone_by IS NULL))`
const lackingRun = `NOT EXISTS (SELECT 1 FROM prediction WHERE prediction.image_id = image.id AND prediction.run_id = ?)`
const notRefused = `NOT EXISTS (
  SELECT 1 FROM job_item WHERE job_item.job_id = ? AND job_item.key = CAST(image.id AS TEXT) AND job_item.state = 'refused')`

function condition(lacking: Lacking): { sql: string; values: (string | number)[] } {
  if (lacking.by === 'run') return { sql: lackingRun, values: [lacking.runId] }
  const { bundleId, bundleVersion, bundleSha256 } = lacking.bundle
  return { sql: lackingBundle, values: [bundleId, bundleVersion, bundleSha256] }
}

/** The picture with the places of its file. */
export function withOriginals(connection: Connection, row: ImageRow): PictureRow {
  const locations = statement<[number], { root: string; path: string }>(
    connection,
    `SELECT root.path AS root, location.path FROM location JOIN root ON root.id = location.root_id
     WHERE location.image_id = ? ORDER BY root.id, location.path`
  ).all(row.imageId)
  return { ...row, originals: locations.map((location) => join(location.root, location.path)) }
}

export const inferenceReads = {
  /** A page of pictures that lack suggestions, in the order of import, leaving out those that the job refused. */
  picturesToPredict(connection: Connection, input: { lacking: Lacking; jobId: number; after: number; limit: number }): PictureRow[] {
    const { sql, values } = condition(input.lacking)
    return statement<(string | number)[], ImageRow>(
      connection,
      `SELECT ${imageColumns} FROM image WHERE ${sql} AND ${notRefused} AND image.id > ? ORDER BY image.id LIMIT ?`
    )
      .all(...values, input.jobId, input.after, input.limit)
      .map((row) => withOriginals(connection, row))
  },

  /** The pictures with these files, and whether each lacks suggestions of a bundle. */
  picturesBySha256(
    connection: Connection,
    input: { sha256s: readonly string[]; bundle: BundleReference }
  ): { imageId: number; objectId: number; sha256: string; lacks: boolean }[] {
    const { sql, values } = condition({ by: 'bundle', bundle: input.bundle })
    return statement<(string | number)[], { imageId: number; objectId: number; sha256: string; lacks: number }>(
      connection,
      `SELECT image.id AS imageId, image.object_id AS objectId, image.sha256, ${sql} AS lacks FROM image
       WHERE image.sha256 IN (SELECT value FROM json_each(?)) ORDER BY image.id`
    )
      .all(...values, JSON.stringify(input.sha256s))
      .map((row) => ({ ...row, lacks: row.lacks === 1 }))
  },

  countPicturesToPredict(connection: Connection, input: { lacking: Lacking; jobId: number }): number {
    const { sql, values } = condition(input.lacking)
    const row = statement<(string | number)[], { n: number }>(
      connection,
      `SELECT count(*) AS n FROM image WHERE ${sql} AND ${notRefused}`
    ).get(...values, input.jobId)
    return row?.n ?? 0
  },

  /** An object's pictures that lack suggestions, the first view first. */
  picturesOfObjectToPredict(connection: Connection, input: { lacking: Lacking; objectId: number }): PictureRow[] {
    const { sql, values } = condition(input.lacking)
    return statement<(string | number)[], ImageRow>(
      connection,
      `SELECT ${imageColumns} FROM image WHERE ${sql} AND image.object_id = ? ORDER BY image.position, image.id`
    )
      .all(...values, input.objectId)
      .map((row) => withOriginals(connection, row))
  },

  /** What a job has done before it was interrupted: its unfinished run of the bundle, and how many pictures that has seen and refused. */
  predictJobSoFar(
    connection: Connection,
    input: { jobId: number; bundle: BundleReference }
  ): { runId: number | null; predicted: number; refused: number } {
    const { bundleId, bundleVersion, bundleSha256 } = input.bundle
    const run = statement<[number, string, string, string], { id: number }>(
      connection,
      `SELECT id FROM run WHERE job_id = ? AND bundle_id = ? AND bundle_version = ? AND bundle_sha256 = ? AND finished_at IS NULL
       ORDER BY id DESC LIMIT 1`
    ).get(input.jobId, bundleId, bundleVersion, bundleSha256)
    const predicted = statement<[number | null], { n: number }>(connection, 'SELECT images AS n FROM run WHERE id = ?').get(run?.id ?? null)
    const refused = statement<[number], { n: number }>(
      connection,
      `SELECT count(*) AS n FROM job_item WHERE job_id = ? AND state = 'refused'`
    ).get(input.jobId)
    return { runId: run?.id ?? null, predicted: predicted?.n ?? 0, refused: refused?.n ?? 0 }
  }
}

export const inferenceWrites = {
  /** Begins a run; `jobId` null if the pictures on screen are predicted by themselves. */
  beginRun(connection: Connection, input: { bundle: BundleReference; device: string; jobId: number | null; at: string }): number {
    const { bundleId, bundleVersion, bundleSha256 } = input.bundle
    const { lastInsertRowid } = statement(
      connection,
      'INSERT INTO run (bundle_id, bundle_version, bundle_sha256, device, job_id, started_at) VALUES (?, ?, ?, ?, ?, ?)'
    ).run(bundleId, bundleVersion, bundleSha256, input.device, input.jobId, input.at)
    return Number(lastInsertRowid)
  },

  /** Ends a run; `device` names every device that took part. A run without pictures is deleted. */
  finishRun(connection: Connection, input: { runId: number; device: string; at: string }): void {
    const run = statement<[number], { images: number }>(connection, 'SELECT images FROM run WHERE id = ?').get(input.runId)
    if (run?.images === 0) statement(connection, 'DELETE FROM run WHERE id = ?').run(input.runId)
    else statement(connection, 'UPDATE run SET device = ?, finished_at = ? WHERE id = ?').run(input.device, input.at, input.runId)
  },

  /** Removes runs without pictures, which an interruption can leave behind. Only while no run is open. What was learned keeps its run. */
  removeEmptyRuns(connection: Connection): void {
    statement(connection, `DELETE FROM run WHERE images = 0 AND kind = 'model'`).run()
  },

  /**
   * Stores a run's suggestions for some pictures, and which pictures its job could not predict. Existing suggestions of the run
   * are kept.
   */
  storePredictions(
    connection: Connection,
    input: { runId: number; jobId: number | null; predicted: readonly PredictedPicture[]; refused: readonly RefusedPicture[] }
  ): void {
    const known = statement<[number, number], { rank: number }>(
      connection,
      'SELECT rank FROM prediction WHERE image_id = ? AND run_id = ? LIMIT 1'
    )
    const insert = statement(
      connection,
      `INSERT INTO prediction (image_id, run_id, facet, rank, term_id, score, probability, members) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
    )
    const ids = new Map<string, number>()
    const idOf = (term: TermReference): number => {
      const id = ids.get(term.key) ?? ensureTerm(connection, term)
      ids.set(term.key, id)
      return id
    }
    for (const { imageId, facets } of input.predicted) {
      if (known.get(imageId, input.runId) !== undefined) continue
      for (const [facet, terms] of facets) {
        for (const { term, rank, score, probability, members } of terms) {
          insert.run(imageId, input.runId, facet, rank, idOf(term), score, probability, JSON.stringify(members))
        }
      }
    }
    if (input.jobId === null) return
    const refuse = statement(
      connection,
      `INSERT INTO job_item (job_id, key, state, attempts, reason, data, object_id)
       VALUES (?, ?, 'refused', 1, ?, ?, (SELECT object_id FROM image WHERE id = ?))
       ON CONFLICT (job_id, key) DO UPDATE SET state = excluded.state, attempts = attempts + 1, reason = excluded.reason, data = excluded.data`
    )
    for (const { imageId, code, data } of input.refused) refuse.run(input.jobId, String(imageId), code, JSON.stringify(data), imageId)
  }
}
