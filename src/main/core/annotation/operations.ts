/** The catalogue operations of the annotation area. */
import { objectCards } from './cards.ts'
import { finishAction } from './action.ts'
import { applyDecision } from './decide.ts'
import { actions, storedAction, storedUndoState } from './history.ts'
import { overview } from './overview.ts'
import { acceptedTerms, objectIds } from './object-list.ts'
import { acceptSlice, beginRule, ruleObjects } from './rule.ts'
import { addField, changeField, fields, orderFields } from './fields.ts'
import { statistics } from './statistics.ts'
import { storedRecord } from './stored-record.ts'
import { beginReversal, finishReversal, redo, reversalObjects, reverseSlice, undo } from './undo.ts'

export const annotationReads = {
  storedRecord,
  objectIds,
  acceptedTerms,
  objectCards,
  fields,
  statistics,
  overview,
  storedAction,
  storedUndoState,
  actions,
  ruleObjects,
  reversalObjects
}

export const annotationWrites = {
  applyDecision,
  addField,
  changeField,
  orderFields,
  beginRule,
  acceptSlice,
  finishAction,
  undo,
  redo,
  beginReversal,
  reverseSlice,
  finishReversal
}
