/**
 * Reads and writes the current state of decisions (terms, facets, note, flag, own fields, number, row of the inventory, run that is
 * shown, places of files) as plain values. Events hold the same values as `before` and `after`, so undo restores them exactly.
 */
import { foldText } from '../../../shared/domain/fold.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Annotation, Certainty, FacetState } from '../../../shared/model/record.ts'
import { refreshObjectText } from '../catalogue/object-text.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'

/** A decided term on an object; an open one is null. `actionId` is the action that decided it. */
export interface TermValue {
  readonly termId: number
  readonly facet: Facet
  readonly state: Annotation['state']
  readonly certainty: Certainty
  readonly author: string
  readonly at: string
  readonly by: Annotation['by']
  readonly runId: number | null
  readonly rank: number | null
  readonly probability: number | null
  readonly actionId: number
}

/** A decided facet on an object; an open one is null. */
export interface FacetValue {
  readonly state: Exclude<FacetState, 'open'>
  readonly author: string
  readonly at: string
  readonly actionId: number
}

const termColumns = `term_id AS termId, facet, state, certainty, author, at, made_by AS "by", run_id AS runId, rank, probability,
  action_id AS actionId`

export function readTerm(connection: Connection, objectId: number, conceptId: number): TermValue | null {
  const sql = `SELECT ${termColumns} FROM annotation WHERE object_id = ? AND concept_id = ?`
  return statement<[number, number], TermValue>(connection, sql).get(objectId, conceptId) ?? null
}

export function writeTerm(connection: Connection, objectId: number, conceptId: number, value: TermValue | null): void {
  if (value === null) {
    statement(connection, 'DELETE FROM annotation WHERE object_id = ? AND concept_id = ?').run(objectId, conceptId)
    return
  }
  statement(
    connection,
    `INSERT OR REPLACE INTO annotation
       (object_id, concept_id, term_id, facet, state, certainty, author, at, made_by, run_id, rank, probability, action_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  ).run(
    objectId,
    conceptId,
    value.termId,
    value.facet,
    value.state,
    value.certainty,
    value.author,
    value.at,
    value.by,
    value.runId,
    value.rank,
    value.probability,
    value.actionId
  )
}

export function readFacet(connection: Connection, objectId: number, facet: Facet): FacetValue | null {
  const sql = 'SELECT state, author, at, action_id AS actionId FROM facet_state WHERE object_id = ? AND facet = ?'
  return statement<[number, string], FacetValue>(connection, sql).get(objectId, facet) ?? null
}

export function writeFacet(connection: Connection, objectId: number, facet: Facet, value: FacetValue | null): void {
  if (value === null) {
    statement(connection, 'DELETE FROM facet_state WHERE object_id = ? AND facet = ?').run(objectId, facet)
    return
  }
  statement(
    connection,
    `INSERT OR REPLACE INTO facet_state (object_id, facet, state, author, at, action_id)
     VALUES (@objectId, @facet, @state, @author, @at, @actionId)`
  ).run({ ...value, objectId, facet })
}

/** An object's own fields that people set. Null if there is no such object. */
export function readObject(connection: Connection, objectId: number): { note: string; flagged: boolean } | null {
  const row = statement<[number], { note: string; flagged: number }>(connection, 'SELECT note, flagged FROM object WHERE id = ?').get(
    objectId
  )
  return row === undefined ? null : { note: row.note, flagged: row.flagged === 1 }
}

export function writeNote(connection: Connection, objectId: number, note: string): void {
  statement(connection, 'UPDATE object SET note = ? WHERE id = ?').run(note, objectId)
}

/** What people filled in for a field of an object; an empty field is null. */
export interface OwnValue {
  readonly value: string
  readonly author: string
  readonly at: string
  readonly actionId: number
}

export function readOwnValue(connection: Connection, objectId: number, fieldId: number): OwnValue | null {
  const sql = 'SELECT value, author, at, action_id AS actionId FROM field_value WHERE object_id = ? AND field_id = ?'
  return statement<[number, number], OwnValue>(connection, sql).get(objectId, fieldId) ?? null
}

export function writeOwnValue(connection: Connection, objectId: number, fieldId: number, value: OwnValue | null): void {
  if (value === null) statement(connection, 'DELETE FROM field_value WHERE object_id = ? AND field_id = ?').run(objectId, fieldId)
  else
    statement(
      connection,
      `INSERT OR REPLACE INTO field_value (object_id, field_id, value, author, at, action_id)
       VALUES (@objectId, @fieldId, @value, @author, @at, @actionId)`
    ).run({ ...value, objectId, fieldId })
  writeFieldText(connection, objectId)
}

/** The row of the inventory that belongs to an object, by its id. */
export function readRow(connection: Connection, objectId: number): number | null {
  const sql = 'SELECT row_id AS rowId FROM object_row WHERE object_id = ?'
  return statement<[number], { rowId: number }>(connection, sql).get(objectId)?.rowId ?? null
}

export function writeRow(connection: Connection, objectId: number, rowId: number | null): void {
  if (rowId === null) statement(connection, 'DELETE FROM object_row WHERE object_id = ?').run(objectId)
  else statement(connection, 'INSERT OR REPLACE INTO object_row (object_id, row_id) VALUES (?, ?)').run(objectId, rowId)
  writeFieldText(connection, objectId)
}

/** Keeps the text in which the filter of the contact sheet looks for words of an object's fields. */
function writeFieldText(connection: Connection, objectId: number): void {
  const row = statement<[number], { cells: string }>(
    connection,
    'SELECT cells FROM object_row JOIN inventory_row ON inventory_row.id = row_id WHERE object_id = ?'
  ).get(objectId)
  const own = statement<[number], { value: string }>(connection, 'SELECT value FROM field_value WHERE object_id = ?').all(objectId)
  const linked = row === undefined ? [] : Object.values(JSON.parse(row.cells) as Record<string, string>)
  const text = [...linked, ...own.map(({ value }) => value)].map(foldText).join('\n')
  statement(connection, 'UPDATE object SET field_text = ? WHERE id = ?').run(text, objectId)
}

/** An object's inventory number, null for none. */
export function readNumber(connection: Connection, objectId: number): string | null {
  const sql = 'SELECT inventory_number AS number FROM object WHERE id = ?'
  return statement<[number], { number: string | null }>(connection, sql).get(objectId)?.number ?? null
}

/** Gives an object an inventory number; its place in the order of numbers and the text filter follow. */
export function writeNumber(connection: Connection, objectId: number, number: string | null): void {
  statement(connection, 'UPDATE object SET inventory_number = ? WHERE id = ?').run(number, objectId)
  refreshObjectText(connection, objectId)
}

/** The run whose suggestions an object shows, null for none. */
export function readRun(connection: Connection, objectId: number): number | null {
  const sql = 'SELECT suggested_run_id AS runId FROM object WHERE id = ?'
  return statement<[number], { runId: number | null }>(connection, sql).get(objectId)?.runId ?? null
}

/** Lets an object show the suggestions of a run; its uncertainty follows (see the first migration). */
export function writeRun(connection: Connection, objectId: number, runId: number | null): void {
  statement(
    connection,
    `UPDATE object SET suggested_run_id = @runId, uncertainty = (
       SELECT 1 - avg(best) FROM (
         SELECT max(probability) AS best FROM image CROSS JOIN prediction ON prediction.image_id = image.id
         WHERE image.object_id = @objectId AND run_id = @runId AND rank = 1 GROUP BY facet))
     WHERE id = @objectId`
  ).run({ objectId, runId })
}

/** Where the file of an image lies; `root` is a folder of the machine, or one in the catalogue's own folder. */
export interface Place {
  readonly root: string
  readonly path: string
  readonly modified: number
}

/** All places of an image's file, and whether none of them holds it. */
export interface ImagePlaces {
  readonly imageId: number
  readonly places: readonly Place[]
  readonly missing: boolean
}

export function readPlaces(connection: Connection, imageId: number): ImagePlaces {
  const places = statement<[number], Place>(
    connection,
    `SELECT root.path AS root, location.path AS path, modified_at AS modified FROM location JOIN root ON root.id = root_id
     WHERE image_id = ? ORDER BY root_id, location.path`
  ).all(imageId)
  const image = statement<[number], { missing: number }>(connection, 'SELECT missing FROM image WHERE id = ?').get(imageId)
  return { imageId, places, missing: image?.missing === 1 }
}

/** Replaces the places of an image's file; the text filter follows, since it looks into the names of files. */
export function writePlaces(connection: Connection, objectId: number, { imageId, places, missing }: ImagePlaces): void {
  statement(connection, 'DELETE FROM location WHERE image_id = ?').run(imageId)
  for (const { root, path, modified } of places) {
    statement(connection, 'INSERT OR IGNORE INTO root (path) VALUES (?)').run(root)
    statement(
      connection,
      `INSERT INTO location (root_id, path, image_id, modified_at) SELECT id, ?, ?, ? FROM root WHERE path = ?
       ON CONFLICT (root_id, path) DO UPDATE SET image_id = excluded.image_id, modified_at = excluded.modified_at`
    ).run(path, imageId, modified, root)
  }
  statement(connection, 'UPDATE image SET missing = ? WHERE id = ?').run(missing ? 1 : 0, imageId)
  refreshObjectText(connection, objectId)
}

export function writeFlag(connection: Connection, objectId: number, flagged: boolean): void {
  statement(connection, 'UPDATE object SET flagged = ? WHERE id = ?').run(flagged ? 1 : 0, objectId)
}
