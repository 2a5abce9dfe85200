import { objectStatus } from '../../../shared/domain/object-status.ts'
import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { ActionSummary } from '../../../shared/model/record.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import {
  readFacet,
  readObject,
  readNumber,
  readOwnValue,
  readPlaces,
  readRow,
  readRun,
  writeFacet,
  writeFlag,
  writeNote,
  writeNumber,
  writeOwnValue,
  writePlaces,
  writeRow,
  writeRun,
  writeTerm,
  type FacetValue,
  type ImagePlaces,
  type OwnValue,
  type TermValue
} from './state.ts'

export type ActionKind = ActionSummary['kind']

/** Data of an action besides its columns: what it was about, and how much it changed. */
export interface ActionData {
  readonly term?: TermKey
  readonly facet?: Facet
  readonly state?: string
  readonly reason?: string
  /** The name of the field, or of the file that was linked. */
  readonly field?: string
  readonly top?: number
  readonly minProbability?: number
  /** The run that was removed. */
  readonly run?: number
  readonly objects?: number
  readonly changes?: number
  readonly kept?: number
  /** While an action on many objects is in progress: the last object that is done. Objects are done in the order of their ids. */
  readonly upTo?: number | undefined
  /** The action whose events an unfinished redo reverses. */
  readonly source?: number | undefined
}

/** A new action; `objectId` if it is about one object, `reverses` for undo and redo: the action that is undone or redone. */
export interface ActionDraft {
  readonly kind: ActionKind
  readonly author: string
  readonly at: string
  readonly objectId: number | null
  readonly data: ActionData
  readonly reverses?: number
}

/**
 * An action while it is written. Every change goes through it and gets an event with the state before and after. The first change
 * creates the action's row; an action without changes is not stored.
 */
export class Action {
  readonly author: string
  readonly at: string
  readonly #connection: Connection
  readonly #draft: ActionDraft
  readonly #objects = new Set<number>()
  readonly #statusTouched = new Set<number>()
  #id: number | null = null
  #changes = 0
  #objectsBefore = 0

  /** `begun`: the id of a paused action to continue; its draft's data holds the counts so far. */
  constructor(connection: Connection, draft: ActionDraft, begun: number | null = null) {
    this.#connection = connection
    this.#draft = draft
    this.author = draft.author
    this.at = draft.at
    this.#id = begun
    if (begun === null) return
    this.#changes = draft.data.changes ?? 0
    this.#objectsBefore = draft.data.objects ?? 0
  }

  /** The action's id; creates its row. */
  id(): number {
    if (this.#id !== null) return this.#id
    const { kind, author, at, objectId, reverses } = this.#draft
    const { lastInsertRowid } = statement(
      this.#connection,
      'INSERT INTO action (kind, author, at, object_id, reverses) VALUES (?, ?, ?, ?, ?)'
    ).run(kind, author, at, objectId, reverses ?? null)
    this.#id = Number(lastInsertRowid)
    return this.#id
  }

  /** Sets a term of an object. `before` is its value as just read; null means open. */
  setTerm(objectId: number, facet: Facet, conceptId: number, before: TermValue | null, after: TermValue | null): void {
    writeTerm(this.#connection, objectId, conceptId, after)
    this.#record(objectId, 'term', facet, conceptId, before, after)
  }

  /** Sets a facet of an object; null reopens it. */
  setFacet(objectId: number, facet: Facet, after: FacetValue | null): void {
    const before = readFacet(this.#connection, objectId, facet)
    writeFacet(this.#connection, objectId, facet, after)
    this.#record(objectId, 'facet', facet, null, before, after)
    this.#statusTouched.add(objectId)
  }

  /** A change in a decided facet reopens it (docs/interface.md, "Facet states"). */
  reopenFacet(objectId: number, facet: Facet): void {
    if (readFacet(this.#connection, objectId, facet) !== null) this.setFacet(objectId, facet, null)
  }

  setNote(objectId: number, after: string): void {
    const before = readObject(this.#connection, objectId)?.note ?? ''
    writeNote(this.#connection, objectId, after)
    this.#record(objectId, 'note', null, null, before, after)
  }

  setFlag(objectId: number, after: boolean): void {
    const before = readObject(this.#connection, objectId)?.flagged ?? false
    writeFlag(this.#connection, objectId, after)
    this.#record(objectId, 'flag', null, null, before, after)
  }

  /** Fills in a field of an object; null empties it. */
  setField(objectId: number, fieldId: number, after: OwnValue | null): void {
    const before = readOwnValue(this.#connection, objectId, fieldId)
    writeOwnValue(this.#connection, objectId, fieldId, after)
    this.#record(objectId, 'field', null, null, before, after, fieldId)
  }

  /** Joins an object with a row of the inventory; null takes it from its row. */
  setRow(objectId: number, after: number | null): void {
    const before = readRow(this.#connection, objectId)
    writeRow(this.#connection, objectId, after)
    this.#record(objectId, 'row', null, null, before, after)
  }

  numberOf(objectId: number): string | null {
    return readNumber(this.#connection, objectId)
  }

  /** Gives an object an inventory number, null for none. */
  setNumber(objectId: number, after: string | null): void {
    const before = readNumber(this.#connection, objectId)
    writeNumber(this.#connection, objectId, after)
    this.#record(objectId, 'number', null, null, before, after)
  }

  /** Lets an object show the suggestions of a run; null of none. */
  setRun(objectId: number, after: number | null): void {
    const before = readRun(this.#connection, objectId)
    writeRun(this.#connection, objectId, after)
    this.#record(objectId, 'run', null, null, before, after)
  }

  /** Says where the file of one of an object's images lies. */
  setPlaces(objectId: number, after: ImagePlaces): void {
    const before = readPlaces(this.#connection, after.imageId)
    writePlaces(this.#connection, objectId, after)
    this.#record(objectId, 'place', null, null, before, after)
  }

  /** Ends the action: derives the status of its objects and stores its counts. Returns null if nothing changed. */
  finish(data: ActionData = {}): { id: number; objectIds: number[]; changes: number } | null {
    if (this.#id === null) return null
    this.#store(this.#id, { ...this.#draft.data, ...data, upTo: undefined, source: undefined })
    return { id: this.#id, objectIds: [...this.#objects], changes: this.#changes }
  }

  /** Stores the progress of an action on many objects: all objects up to the id `upTo` are done. */
  pause(upTo: number, data: ActionData = {}): void {
    this.#store(this.id(), { ...this.#draft.data, ...data, upTo })
  }

  #store(id: number, data: ActionData): void {
    for (const objectId of this.#statusTouched) this.#storeStatus(objectId)
    const counted: ActionData = { ...data, objects: this.#objectsBefore + this.#objects.size, changes: this.#changes }
    statement(this.#connection, 'UPDATE action SET data = ? WHERE id = ?').run(JSON.stringify(counted), id)
  }

  #record(
    objectId: number,
    subject: string,
    facet: Facet | null,
    conceptId: number | null,
    before: unknown,
    after: unknown,
    fieldId: number | null = null
  ): void {
    statement(
      this.#connection,
      'INSERT INTO event (action_id, object_id, subject, facet, concept_id, field_id, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
    ).run(this.id(), objectId, subject, facet, conceptId, fieldId, JSON.stringify(before), JSON.stringify(after))
    this.#objects.add(objectId)
    this.#changes++
  }

  #storeStatus(objectId: number): void {
    const states = facets.map((facet) => readFacet(this.#connection, objectId, facet)?.state ?? 'open')
    statement(this.#connection, 'UPDATE object SET status = ? WHERE id = ?').run(objectStatus(states), objectId)
  }
}

/** A started action with its data. */
export interface OpenAction {
  readonly action: Action
  readonly data: ActionData
  readonly author: string
  readonly at: string
  /** The action that it undoes or redoes. */
  readonly reverses: number | null
}

/** Continues a paused action. */
export function openAction(connection: Connection, id: number): OpenAction {
  const row = statement<[number], Omit<ActionDraft, 'data' | 'reverses'> & { data: string; reverses: number | null }>(
    connection,
    'SELECT kind, author, at, object_id AS objectId, data, reverses FROM action WHERE id = ?'
  ).get(id)
  if (row === undefined) throw new Error(`action ${id} is gone`)
  const { kind, author, at, objectId, reverses } = row
  const data = JSON.parse(row.data) as ActionData
  const draft: ActionDraft = { kind, author, at, objectId, data, ...(reverses === null ? {} : { reverses }) }
  return { action: new Action(connection, draft, id), data, author, at, reverses }
}

/** Ends a paused action. Returns its total changes. */
export function finishAction(connection: Connection, id: number): { changes: number; objects: number; kept: number } {
  const { action, data } = openAction(connection, id)
  action.finish()
  return { changes: data.changes ?? 0, objects: data.objects ?? 0, kept: data.kept ?? 0 }
}
