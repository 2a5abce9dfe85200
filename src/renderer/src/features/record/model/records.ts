import { shallowReactive } from 'vue'
import type { Decision, ObjectRecord, UndoState } from '../../../../../shared/model/record.ts'
import type { Api } from '../../../api/client.ts'
import { decidedRecord, type DecisionContext } from '../../../../../shared/domain/decided-record.ts'

/** Number of cached records besides the one on screen. */
const capacity = 60

export interface RecordsOptions {
  /** Called after every stored decision. */
  readonly onUndo: (undo: UndoState) => void
  /** Called with the error of a decision that could not be stored, after it has been reverted on screen. */
  readonly onRefused: (error: unknown, decision: Decision) => void
}

/**
 * The records of this window. A decision shows at once and is stored at once, one after the other per object; a refused decision is
 * reverted, and later ones stay. Records of neighbours are fetched ahead.
 */
export interface Records {
  /** The record as the page shows it, stored decisions and those under way together; follows changes in a template. */
  get(id: number): ObjectRecord | undefined
  /** The record, from here or from the core. */
  load(id: number): Promise<ObjectRecord>
  /** Fetches missing records; `load` reports failures. */
  prefetch(ids: readonly number[]): void
  /** Shows and stores a decision; true once the core holds it. */
  decide(decision: Decision, context: DecisionContext): Promise<boolean>
  /** What changed in the core: these objects, or (null) anything. The one on screen is read again, the others when they are asked for. */
  changed(ids: readonly number[] | null, onScreen: number | null): void
  /** Forgets everything: another catalogue is open. */
  reset(): void
}

interface Pending {
  readonly decision: Decision
  readonly context: DecisionContext
}

/** The state of one object: its record as last received, and its pending decisions. */
interface Entry {
  stored: ObjectRecord
  readonly pending: Pending[]
  /** Ends with the last decision sent; the next one waits for it. */
  sent: Promise<unknown>
  /** Changed in the core since it was received. */
  stale: boolean
  /** Raised with every answer to a decision: a record asked for before it is older than it. */
  answers: number
}

/** A pending request for a record. */
interface Question {
  readonly answer: Promise<ObjectRecord>
  /** Changed in the core since the request: the answer counts, but has to be requested again. */
  stale: boolean
}

export function createRecords(core: Pick<Api, 'objects' | 'decisions'>, options: RecordsOptions): Records {
  const shown = shallowReactive(new Map<number, ObjectRecord>())
  const entries = new Map<number, Entry>()
  /** The newest request for each object. Answers to older requests are out of date and never kept. */
  const questions = new Map<number, Question>()

  const show = (id: number, entry: Entry): void => {
    shown.set(
      id,
      entry.pending.reduce((record, { decision, context }) => decidedRecord(record, decision, context), entry.stored)
    )
  }

  const keep = (id: number, stored: ObjectRecord, stale: boolean): ObjectRecord => {
    const entry = entries.get(id) ?? { stored, pending: [], sent: Promise.resolve(), answers: 0, stale }
    entry.stored = stored
    entry.stale = stale
    // Taken out and put back, so that the map runs from the record least recently used to the newest.
    entries.delete(id)
    entries.set(id, entry)
    show(id, entry)
    for (const [old, { pending }] of entries) {
      if (entries.size <= capacity) break
      if (pending.length === 0 && old !== id) forget(old)
    }
    return shown.get(id) ?? stored
  }

  const forget = (id: number): void => {
    entries.delete(id)
    shown.delete(id)
  }

  const fetch = (id: number): Promise<ObjectRecord> => questions.get(id)?.answer ?? ask(id)

  const ask = (id: number): Promise<ObjectRecord> => {
    const before = entries.get(id)?.answers
    const question: Question = {
      stale: false,
      answer: core.objects.record({ objectId: id }).then(
        (record) => {
          if (questions.get(id) !== question) return questions.get(id)?.answer ?? shown.get(id) ?? record
          questions.delete(id)
          const entry = entries.get(id)
          const crossed = before !== undefined && entry !== undefined && entry.answers !== before
          if (!crossed) return keep(id, record, question.stale)
          // A decision was answered meanwhile. Which of the two answers is newer cannot be told: what asked for this one may have
          // happened after that decision (an undo pressed at once). What is shown stays until the core has said it again.
          void ask(id).catch(() => undefined)
          return keep(id, entry.stored, question.stale)
        },
        (error: unknown) => {
          if (questions.get(id) === question) questions.delete(id)
          throw error
        }
      )
    }
    questions.set(id, question)
    return question.answer
  }

  return {
    get: (id) => shown.get(id),
    load: (id) => {
      const entry = entries.get(id)
      if (entry === undefined) return fetch(id)
      // Shown at once as it was; what is new comes in as it would if it happened now.
      if (entry.stale) void fetch(id).catch(() => undefined)
      return Promise.resolve(keep(id, entry.stored, entry.stale))
    },
    prefetch: (ids) => {
      for (const id of ids) if (entries.get(id)?.stale !== false) void fetch(id).catch(() => undefined)
    },
    decide: async (decision, context) => {
      const id = decision.objectId
      const entry = entries.get(id)
      if (entry === undefined) return false
      const pending = { decision, context }
      entry.pending.push(pending)
      show(id, entry)
      const send = entry.sent.then(() => core.decisions.apply(decision))
      entry.sent = send.catch(() => undefined)
      const settle = (): void => {
        entry.pending.splice(entry.pending.indexOf(pending), 1)
        entry.answers += 1
        if (entries.get(id) === entry) show(id, entry)
      }
      try {
        const { record, undo } = await send
        entry.stored = record
        settle()
        // Another catalogue may be open by now, with its own undo state.
        if (entries.get(id) === entry) options.onUndo(undo)
        return true
      } catch (error) {
        settle()
        options.onRefused(error, decision)
        return false
      }
    },
    changed: (ids, onScreen) => {
      for (const id of ids ?? new Set([...entries.keys(), ...questions.keys()])) {
        const [entry, question] = [entries.get(id), questions.get(id)]
        if (id === onScreen && (entry ?? question) !== undefined) void ask(id).catch(() => undefined)
        else {
          if (entry !== undefined) entry.stale = true
          if (question !== undefined) question.stale = true
        }
      }
    },
    reset: () => {
      entries.clear()
      shown.clear()
      questions.clear()
    }
  }
}
