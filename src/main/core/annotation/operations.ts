/** What the annotation area reads from and writes to the catalogue; see the files named for each. */
import { objectCards } from './cards.ts'
import { applyDecision } from './decide.ts'
import { actions, storedAction, storedUndoState } from './history.ts'
import { acceptedTerms, objectIds } from './object-list.ts'
import { acceptRule } from './rule.ts'
import { statistics } from './statistics.ts'
import { storedRecord } from './stored-record.ts'
import { redo, undo } from './undo.ts'

export const annotationReads = { storedRecord, objectIds, acceptedTerms, objectCards, statistics, storedAction, storedUndoState, actions }

export const annotationWrites = { applyDecision, acceptRule, undo, redo }
