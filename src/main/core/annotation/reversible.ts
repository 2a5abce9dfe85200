import { wellFormedText } from '../../../shared/domain/storable-text.ts'
import type { Facet } from '../../../shared/model/facet.ts'
import type { Connection } from '../catalogue/operation.ts'
import type { Action } from './action.ts'
import {
  readFacet,
  readNumber,
  readObject,
  readOwnValue,
  readPlaces,
  readRow,
  readRun,
  readTerm,
  type FacetValue,
  type ImagePlaces,
  type OwnValue,
  type TermValue
} from './state.ts'

/** A change as the log keeps it; `before` and `after` are JSON. */
export interface EventRow {
  readonly subject: 'term' | 'facet' | 'note' | 'flag' | 'number' | 'run' | 'field' | 'row' | 'place'
  readonly facet: Facet | null
  readonly conceptId: number | null
  readonly fieldId: number | null
  readonly before: string
  readonly after: string
}

/** How changes of one kind of subject are compared with the current state and undone. Events hold what the functions of state.ts read when they were written. */
interface Reversible {
  /** Whether the current state is what the change left. */
  isAsLeft(connection: Connection, event: EventRow, objectId: number): boolean
  reverse(connection: Connection, event: EventRow, objectId: number, action: Action): void
}

const before = (event: EventRow): unknown => JSON.parse(event.before)
const after = (event: EventRow): unknown => JSON.parse(event.after)

const subjects: Readonly<Record<EventRow['subject'], Reversible>> = {
  term: {
    isAsLeft: (connection, event, objectId) =>
      sameDecision(readTerm(connection, objectId, conceptOf(event)), after(event) as TermValue | null),
    reverse: (connection, event, objectId, action) =>
      action.setTerm(
        objectId,
        facetOf(event),
        conceptOf(event),
        readTerm(connection, objectId, conceptOf(event)),
        before(event) as TermValue | null
      )
  },
  facet: {
    isAsLeft: (connection, event, objectId) =>
      sameDecision(readFacet(connection, objectId, facetOf(event)), after(event) as FacetValue | null),
    reverse: (_, event, objectId, action) => action.setFacet(objectId, facetOf(event), before(event) as FacetValue | null)
  },
  note: {
    // The database stores U+FFFD for a lone surrogate, which events of earlier versions hold unchanged.
    isAsLeft: (connection, event, objectId) => readObject(connection, objectId)?.note === wellFormedText(after(event) as string),
    reverse: (_, event, objectId, action) => action.setNote(objectId, before(event) as string)
  },
  flag: {
    isAsLeft: (connection, event, objectId) => readObject(connection, objectId)?.flagged === after(event),
    reverse: (_, event, objectId, action) => action.setFlag(objectId, before(event) as boolean)
  },
  number: {
    isAsLeft: (connection, event, objectId) => readNumber(connection, objectId) === after(event),
    reverse: (_, event, objectId, action) => action.setNumber(objectId, before(event) as string | null)
  },
  field: {
    isAsLeft: (connection, event, objectId) =>
      sameDecision(readOwnValue(connection, objectId, fieldOf(event)), after(event) as OwnValue | null),
    reverse: (_, event, objectId, action) => action.setField(objectId, fieldOf(event), before(event) as OwnValue | null)
  },
  row: {
    isAsLeft: (connection, event, objectId) => readRow(connection, objectId) === after(event),
    reverse: (_, event, objectId, action) => action.setRow(objectId, before(event) as number | null)
  },
  run: {
    isAsLeft: (connection, event, objectId) => readRun(connection, objectId) === after(event),
    reverse: (_, event, objectId, action) => action.setRun(objectId, before(event) as number | null)
  },
  place: {
    // Whether the file was found there when it was last looked for is no decision.
    isAsLeft: (connection, event) => {
      const { imageId, places } = after(event) as ImagePlaces
      return JSON.stringify(readPlaces(connection, imageId).places) === JSON.stringify(places)
    },
    reverse: (_, event, objectId, action) => action.setPlaces(objectId, before(event) as ImagePlaces)
  }
}

/** Whether the current state is what a change left: nobody has changed the same subject since. */
export function isAsLeft(connection: Connection, event: EventRow, objectId: number): boolean {
  return subjects[event.subject].isAsLeft(connection, event, objectId)
}

/** Undoes one change; false if the current state is not what the change left. */
export function reverseEvent(connection: Connection, event: EventRow, objectId: number, action: Action): boolean {
  if (!isAsLeft(connection, event, objectId)) return false
  subjects[event.subject].reverse(connection, event, objectId, action)
  return true
}

function facetOf({ facet }: EventRow): Facet {
  if (facet === null) throw new Error('an event lacks its facet')
  return facet
}

function fieldOf({ fieldId }: EventRow): number {
  if (fieldId === null) throw new Error('an event lacks its field')
  return fieldId
}

function conceptOf({ conceptId }: EventRow): number {
  if (conceptId === null) throw new Error('an event lacks its concept')
  return conceptId
}

/** Whether two values come from the same decision: the action that made a decision names it. */
function sameDecision(a: { actionId: number } | null, b: { actionId: number } | null): boolean {
  return (a?.actionId ?? null) === (b?.actionId ?? null)
}
