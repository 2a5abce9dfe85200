import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { inBothLanguages } from '../../../shared/locales/errors.ts'
import { facetOf, type Language } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { AcceptRule, ActionSummary, Decision, ObjectRecord, UndoState } from '../../../shared/model/record.ts'
import type { JobRunner } from '../jobs/runner.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { TermReference } from '../catalogue/terms.ts'
import { createBulkRunner, type BulkWork } from './bulk.ts'
import type { StoredAction } from './history.ts'
import { termOf, type TermSource } from './hydrate.ts'
import { createRecords, type Records } from './records.ts'

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
  /** A page of the history, newest first, of actions before `before`. */
  history(page: { objectId: number | null; before: number | null; limit: number }): Promise<ActionSummary[]>
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
}): Annotations {
  const { catalogue, vocabulary, author, publish, startBulk } = options
  const records = createRecords(catalogue, vocabulary)
  const now = (): string => new Date().toISOString()

  function summary({ key, ...action }: StoredAction): ActionSummary {
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
    const person = author()
    const reversal = await catalogue.write(direction, { author: person, at: now() })
    if (reversal === null) return { action: null, kept: 0, undo: await undoState(), jobId: null }
    const { actionId, kept, inSlices } = reversal
    const action = await actionSummary(actionId)
    if (!inSlices) return { action, kept, undo: await tell(reversal.objectIds), jobId: null }
    const jobId = await startBulk({ what: direction, actionId, author: person })
    return { action, kept, undo: await undoState(), jobId }
  }

  const runner = createBulkRunner({
    catalogue,
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
    history: async (page) => (await catalogue.read('actions', page)).map(summary)
  }
}
