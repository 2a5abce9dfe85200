import type { z } from 'zod'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { inBothLanguages } from '../../../shared/locales/errors.ts'
import { facetOf, type Language } from '../../../shared/model/facet.ts'
import { historyQuerySchema, type ActionDetails, type HistoryEntry, type RunEntry } from '../../../shared/model/history.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { AcceptRule, ActionSummary, Decision, ObjectRecord, UndoState } from '../../../shared/model/record.ts'
import type { JobRunner } from '../jobs/runner.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { TermReference } from '../catalogue/terms.ts'
import { createBulkRunner, type BulkWork } from './bulk.ts'
import type { StoredAction } from './history.ts'
import { termOf, type TermSource } from './hydrate.ts'
import { createRecords, type Records } from './records.ts'
import type { Reversal } from './undo.ts'

/** The result of an undo or redo; `action` is the one that was undone or redone, null if there was none. */
export interface ReversalResult {
  readonly action: ActionSummary | null
  readonly kept: number
  readonly undo: UndoState
  /** The job that does it, if the action is too large to reverse at once; its result then has `kept`. */
  readonly jobId: number | null
}

/** Records, decisions and their history in an open catalogue. Everything is stored at once. */
export interface Annotations extends Records {
  /**
   * Stores a decision. Throws `annotation.notAssignable` for guide terms and unknown keys (an existing decision about one
   * can still be opened), `annotation.differentFacets`, `annotation.objectNotFound`.
   */
  apply(decision: Decision): Promise<{ record: ObjectRecord; undo: UndoState }>
  /** Starts the job that accepts suggestions by a rule. @returns the job's id; its result holds `actionId`, `changes` and `objects` */
  acceptRule(rule: AcceptRule): Promise<number>
  undoState(): Promise<UndoState>
  /** Tells every window that an action changed many objects. */
  tellMany(): Promise<void>
  undo(): Promise<ReversalResult>
  redo(): Promise<ReversalResult>
  /** Takes back any action; see `undoAction` for what it throws. */
  undoAction(actionId: number): Promise<ReversalResult>
  /** A page of the history, the newest first, from before the action `before`. */
  history(query: z.input<typeof historyQuerySchema>): Promise<HistoryEntry[]>
  /** Everybody who has done something. */
  authors(): Promise<string[]>
  /** A page of what an action changed. */
  details(page: { actionId: number; after: number; limit: number; conflictsOnly: boolean }): Promise<ActionDetails>
  runs(): Promise<RunEntry[]>
  /** Starts the job that removes a run's suggestions, and nothing of a person's. @throws AppError `annotation.runNotFound` */
  removeRun(runId: number): Promise<number>
  /** Tells every window that many objects have changed. */
  tellAll(): Promise<void>
  /** Runs the jobs of the kind `rule`. */
  readonly runner: JobRunner
}

/** Above this number, the event says only that the set changed. */
const namedObjects = 500

/**
 * `author` returns the name of the current person; it is called for every decision. `startBulk` starts a job of the kind `rule` and
 * returns its id.
 */
export function createAnnotations(options: {
  catalogue: Catalogue
  vocabulary: TermSource
  author: () => string
  publish: (event: CoreEvent) => void
  startBulk: (work: BulkWork) => Promise<number>
  /** Makes a backup before a rule changes anything. */
  backUp: () => Promise<void>
}): Annotations {
  const { catalogue, vocabulary, author, publish, startBulk, backUp } = options
  const records = createRecords(catalogue, vocabulary)
  const now = (): string => new Date().toISOString()

  function entry({ key, ...action }: StoredAction): HistoryEntry {
    return { ...action, term: key === null ? null : termOf(vocabulary, key) }
  }
  /** The part of an entry that undo and its words need. */
  function summary({ key, reverses: _, undone: __, canUndo: ___, reason: ____, ...action }: StoredAction): ActionSummary {
    return { ...action, term: key === null ? null : termOf(vocabulary, key) }
  }
  async function actionSummary(id: number): Promise<ActionSummary> {
    const action = await catalogue.read('storedAction', id)
    if (action === null) throw new Error(`action ${id} is gone`)
    return summary(action)
  }
  async function undoState(): Promise<UndoState> {
    const { undo, redo } = await catalogue.read('storedUndoState', author())
    return { undo: undo && summary(undo), redo: redo && summary(redo) }
  }
  /** Notifies every window of the change, and returns the new undo state. */
  async function tell(objectIds: readonly number[] | null): Promise<UndoState> {
    const state = await undoState()
    if (objectIds === null || objectIds.length > 0)
      publish({ type: 'objects', ids: objectIds === null || objectIds.length > namedObjects ? null : [...objectIds] })
    publish({ type: 'undo', undo: state })
    return state
  }
  function reference(key: TermKey, mustBeAssignable: boolean): TermReference {
    const term = termOf(vocabulary, key)
    if (mustBeAssignable && !term.assignable) throw new AppError('annotation.notAssignable', inBothLanguages('term', labelsOf(key)))
    return { key, facet: term.facet, aatId: term.aatId }
  }
  function referencesOf(decision: Decision): TermReference[] {
    if (decision.kind === 'term') return [reference(decision.term, decision.state !== 'open')]
    if (decision.kind !== 'replace') return []
    if (facetOf(decision.from) !== facetOf(decision.to))
      throw new AppError('annotation.differentFacets', {
        ...inBothLanguages('from', labelsOf(decision.from)),
        ...inBothLanguages('to', labelsOf(decision.to))
      })
    return [reference(decision.from, false), reference(decision.to, true)]
  }
  /** The label of a term in each language; a sentence picks that of its own language. */
  function labelsOf(key: TermKey): Record<Language, string> {
    const { ca, en } = termOf(vocabulary, key).labels
    return { ca: ca ?? en ?? key, en: en ?? ca ?? key }
  }
  async function reverse(direction: 'undo' | 'redo'): Promise<ReversalResult> {
    return reversed(direction, await catalogue.write(direction, { author: author(), at: now() }))
  }
  async function reversed(direction: 'undo' | 'redo', reversal: Reversal | null): Promise<ReversalResult> {
    if (reversal === null) return { action: null, kept: 0, undo: await undoState(), jobId: null }
    const { actionId, kept, inSlices } = reversal
    const action = await actionSummary(actionId)
    if (!inSlices) return { action, kept, undo: await tell(reversal.objectIds), jobId: null }
    const jobId = await startBulk({ what: direction, actionId, author: author() })
    return { action, kept, undo: await undoState(), jobId }
  }

  const runner = createBulkRunner({
    catalogue,
    backUp,
    changed: () => publish({ type: 'objects', ids: null }),
    ended: async () => void (await tell(null))
  })

  return {
    ...records,
    runner,
    async apply(decision) {
      const input = { decision, terms: referencesOf(decision), author: author(), at: now() }
      const done = await catalogue.write('applyDecision', input)
      const [record, undo] = await Promise.all([records.record(decision.objectId), done === null ? undoState() : tell([decision.objectId])])
      return { record, undo }
    },
    async acceptRule(rule) {
      const person = author()
      const actionId = await catalogue.write('beginRule', { rule, author: person, at: now() })
      return await startBulk({ what: 'accept', actionId, author: person })
    },
    tellAll: async () => void (await tell(null)),
    undoState,
    tellMany: async () => void (await tell(null)),
    undo: () => reverse('undo'),
    redo: () => reverse('redo'),
    undoAction: async (actionId) => reversed('undo', await catalogue.write('undoAction', { actionId, author: author(), at: now() })),
    history: async (query) => (await catalogue.read('actions', historyQuerySchema.parse(query))).map(entry),
    authors: () => catalogue.read('authors'),
    async details(page) {
      const { objects, next } = await catalogue.read('actionDetails', page)
      const withTerms = objects.map(({ changes, ...object }) => ({
        ...object,
        changes: changes.map(({ key, ...change }) => ({ ...change, term: key === null ? null : termOf(vocabulary, key) }))
      }))
      return { objects: withTerms, next }
    },
    runs: () => catalogue.read('runs'),
    async removeRun(runId) {
      const person = author()
      const actionId = await catalogue.write('beginRemoveRun', { runId, author: person, at: now() })
      return await startBulk({ what: 'removeRun', actionId, author: person })
    }
  }
}
