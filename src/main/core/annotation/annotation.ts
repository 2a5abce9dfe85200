import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { facetOf } from '../../../shared/model/facet.ts'
import type { TermKey } from '../../../shared/model/term.ts'
import type { AcceptRule, ActionSummary, Decision, ObjectRecord, UndoState } from '../../../shared/model/record.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { TermReference } from '../catalogue/terms.ts'
import type { StoredAction } from './history.ts'
import { termOf, type TermSource } from './hydrate.ts'
import { createRecords, type Records } from './records.ts'
import type { Reversal } from './undo.ts'

/** What an undo or a redo did; `action` is the one taken back or repeated, null where there was none. */
export interface ReversalResult {
  readonly action: ActionSummary | null
  readonly kept: number
  readonly undo: UndoState
}

/** The people's side of an open catalogue: records, decisions and their history. Everything is stored at once. */
export interface Annotations extends Records {
  /**
   * Stores a decision. Throws `annotation.notAssignable` for guide terms and unknown keys (an existing decision about one
   * can still be opened), `annotation.differentFacets`, `annotation.objectNotFound`.
   */
  apply(decision: Decision): Promise<{ record: ObjectRecord; undo: UndoState }>
  acceptRule(rule: AcceptRule): Promise<ActionSummary>
  undoState(): Promise<UndoState>
  undo(): Promise<ReversalResult>
  redo(): Promise<ReversalResult>
  /** A page of the history, the newest first, from before the action `before`. */
  history(page: { objectId: number | null; before: number | null; limit: number }): Promise<ActionSummary[]>
}

/** More objects than this are told as "the set changed". */
const namedObjects = 500

/** `author` gives the name of the person who works now; it is asked for at every decision. */
export function createAnnotations(options: {
  catalogue: Catalogue
  vocabulary: TermSource
  author: () => string
  publish: (event: CoreEvent) => void
}): Annotations {
  const { catalogue, vocabulary, author, publish } = options
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
  /** Tells every window what changed, and gives the new state of undo. */
  async function tell(objectIds: readonly number[] | null): Promise<UndoState> {
    const state = await undoState()
    if (objectIds === null || objectIds.length > 0)
      publish({ type: 'objects', ids: objectIds === null || objectIds.length > namedObjects ? null : [...objectIds] })
    publish({ type: 'undo', undo: state })
    return state
  }
  function reference(key: TermKey, mustBeAssignable: boolean): TermReference {
    const term = termOf(vocabulary, key)
    if (mustBeAssignable && !term.assignable)
      throw new AppError('annotation.notAssignable', { term: term.labels.ca ?? term.labels.en ?? key })
    return { key, facet: term.facet, aatId: term.aatId }
  }
  function referencesOf(decision: Decision): TermReference[] {
    if (decision.kind === 'term') return [reference(decision.term, decision.state !== 'open')]
    if (decision.kind !== 'replace') return []
    if (facetOf(decision.from) !== facetOf(decision.to))
      throw new AppError('annotation.differentFacets', { from: nameOf(decision.from), to: nameOf(decision.to) })
    return [reference(decision.from, false), reference(decision.to, true)]
  }
  function nameOf(key: TermKey): string {
    const { ca, en } = termOf(vocabulary, key).labels
    return ca ?? en ?? key
  }
  async function told(reversal: Reversal | null): Promise<ReversalResult> {
    if (reversal === null) return { action: null, kept: 0, undo: await undoState() }
    const [action, undo] = await Promise.all([actionSummary(reversal.actionId), tell(reversal.objectIds)])
    return { action, kept: reversal.kept, undo }
  }

  return {
    ...records,
    async apply(decision) {
      const input = { decision, terms: referencesOf(decision), author: author(), at: now() }
      const done = await catalogue.write('applyDecision', input)
      const [record, undo] = await Promise.all([records.record(decision.objectId), done === null ? undoState() : tell([decision.objectId])])
      return { record, undo }
    },
    async acceptRule(rule) {
      const { actionId } = await catalogue.write('acceptRule', { rule, author: author(), at: now() })
      await tell(null)
      return actionSummary(actionId)
    },
    undoState,
    undo: async () => told(await catalogue.write('undo', { author: author(), at: now() })),
    redo: async () => told(await catalogue.write('redo', { author: author(), at: now() })),
    history: async (page) => (await catalogue.read('actions', page)).map(summary)
  }
}
