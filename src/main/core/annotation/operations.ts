/** The catalogue operations of the annotation area. */
import { objectCards } from './cards.ts'
import { finishAction } from './action.ts'
import { applyDecision } from './decide.ts'
import { actionDetails } from './details.ts'
import { actions, authors, storedAction, storedUndoState } from './history.ts'
import { overview } from './overview.ts'
import { acceptedTerms, objectIds } from './object-list.ts'
import { acceptSlice, beginRule, ruleObjects } from './rule.ts'
import { beginRemoveRun, removeRunSlice, runObjects, runs } from './remove-run.ts'
import { addField, changeField, fields, orderFields } from './fields.ts'
import { statistics } from './statistics.ts'
import { storedRecord } from './stored-record.ts'
import { beginReversal, finishReversal, redo, reversalObjects, reverseSlice, undo, undoAction } from './undo.ts'

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
  actionDetails,
  authors,
  runs,
  runObjects,
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
  beginRemoveRun,
  removeRunSlice,
  undo,
  undoAction,
  redo,
  beginReversal,
  reverseSlice,
  finishReversal
}
