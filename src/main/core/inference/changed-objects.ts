import type { CoreEvent } from '../../../shared/contract.ts'
import { throttled } from '../lib/throttle.ts'

/** How long ids of changed objects are collected, in milliseconds; too many ids are reported as "the set changed". */
const publishAfter = 200
const mostNamed = 500

/** Collects the objects that have new suggestions and publishes them from time to time. */
export interface ChangedObjects {
  add(objectIds: readonly number[]): void
  /** Publishes at once. */
  tell(): void
}

export function createChangedObjects(publish: (event: CoreEvent) => void): ChangedObjects {
  const changed = new Set<number>()
  const later = throttled(() => {
    if (changed.size > 0) publish({ type: 'objects', ids: changed.size > mostNamed ? null : [...changed] })
    changed.clear()
  }, publishAfter)
  return {
    add(objectIds) {
      for (const id of objectIds) changed.add(id)
      later.call()
    },
    tell: () => later.end()
  }
}
