import type { CoreEvent } from '../../../shared/contract.ts'

/** Above this number of objects the event says only that many changed, not which. */
const mostObjects = 500

/**
 * Events that wait for a slow reader. A newer event replaces an older one of the same subject, and the ids of changed
 * objects are merged, so that the queue stays small however slow the reader is.
 */
export class Outbox {
  readonly #waiting = new Map<string, CoreEvent>()

  get size(): number {
    return this.#waiting.size
  }

  add(event: CoreEvent): void {
    const subject = event.type === 'job' ? `job ${event.job.id}` : event.type
    const older = this.#waiting.get(subject)
    this.#waiting.delete(subject)
    this.#waiting.set(subject, older?.type === 'objects' && event.type === 'objects' ? joined(older.ids, event.ids) : event)
  }

  /** Removes and returns the event that has waited longest. */
  take(): CoreEvent | undefined {
    for (const [subject, event] of this.#waiting) {
      this.#waiting.delete(subject)
      return event
    }
    return undefined
  }
}

function joined(older: number[] | null, newer: number[] | null): CoreEvent {
  const ids = older === null || newer === null ? null : [...new Set([...older, ...newer])]
  return { type: 'objects', ids: ids !== null && ids.length > mostObjects ? null : ids }
}
