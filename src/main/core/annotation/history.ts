import type { Facet } from '../../../shared/model/facet.ts'
import type { HistoryEntry, HistoryQuery } from '../../../shared/model/history.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { Connection } from '../catalogue/operation.ts'
import { statement } from '../catalogue/statement.ts'
import { objectLabel } from './cards.ts'
import type { ActionData, ActionKind } from './action.ts'
import { isUndoable, nextRedo, nextUndo } from './undo.ts'

/** An action with the key of its term; the main thread looks the term up in the vocabulary. */
export type StoredAction = Omit<HistoryEntry, 'term'> & { readonly key: TermKey | null }

interface ActionRow {
  readonly id: number
  readonly kind: ActionKind
  readonly author: string
  readonly at: string
  readonly objectId: number | null
  readonly inventoryNumber: string | null
  readonly path: string | null
  readonly data: string
  readonly reverses: number | null
  readonly undoneBy: number | null
  readonly reversedData: string | null
}

const columns = `action.id, action.kind, action.author, action.at, action.object_id AS objectId, action.data, action.reverses, action.undone_by AS undoneBy, reversed.data AS reversedData,
  (SELECT inventory_number FROM object WHERE object.id = action.object_id) AS inventoryNumber,
  (SELECT location.path FROM image JOIN location ON location.image_id = image.id WHERE image.object_id = action.object_id
   ORDER BY image.position, image.id LIMIT 1) AS path
  FROM action LEFT JOIN action AS reversed ON reversed.id = action.reverses`

/** An undo or redo has the term, facet and state of the action that it reverses or repeats. */
function fromRow({ data, reversedData, inventoryNumber, path, undoneBy, ...row }: ActionRow): StoredAction {
  const own = JSON.parse(data) as ActionData
  const about = reversedData === null ? own : (JSON.parse(reversedData) as ActionData)
  return {
    ...row,
    objectLabel: row.objectId === null ? null : objectLabel(row.objectId, inventoryNumber, path),
    objects: own.objects ?? 0,
    changes: own.changes ?? 0,
    key: about.term ?? null,
    facet: (about.facet as Facet | undefined) ?? null,
    state: about.state ?? null,
    field: about.field ?? null,
    reason: about.reason ?? null,
    undone: undoneBy,
    canUndo: isUndoable({ kind: row.kind, undoneBy })
  }
}

export function storedAction(connection: Connection, id: number): StoredAction | null {
  const row = statement<[number], ActionRow>(connection, `SELECT ${columns} WHERE action.id = ?`).get(id)
  return row === undefined ? null : fromRow(row)
}

/** What the author's next undo and redo would do. */
export function storedUndoState(connection: Connection, author: string): { undo: StoredAction | null; redo: StoredAction | null } {
  const undoId = nextUndo(connection, author)
  const redoId = nextRedo(connection, author)
  return {
    undo: undoId === null ? null : storedAction(connection, undoId),
    redo: redoId === null ? null : storedAction(connection, redoId)
  }
}

/** A page of the history, the newest first, from before the action `before`; of one object or of the whole catalogue. */
export function actions(connection: Connection, { objectId, author, kinds, before, limit }: HistoryQuery): StoredAction[] {
  const conditions = [
    'action.id < @before',
    ...(objectId === null ? [] : ['action.id IN (SELECT action_id FROM event WHERE object_id = @objectId)']),
    ...(author === null ? [] : ['action.author = @author']),
    ...(kinds.length === 0 ? [] : ['action.kind IN (SELECT value FROM json_each(@kinds))'])
  ]
  const sql = `SELECT ${columns} WHERE ${conditions.join(' AND ')} ORDER BY action.id DESC LIMIT @limit`
  const from = before ?? Number.MAX_SAFE_INTEGER
  return statement<Record<string, string | number | null>, ActionRow>(connection, sql)
    .all({ before: from, objectId, author, kinds: JSON.stringify(kinds), limit })
    .map(fromRow)
}

/** Everybody who has done something, in the order of names. */
export function authors(connection: Connection): string[] {
  return statement<[], string>(connection, 'SELECT DISTINCT author FROM action ORDER BY author').pluck().all()
}
