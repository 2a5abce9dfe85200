import type { CoreEvent } from '../../../shared/contract.ts'
import { throttled } from '../lib/throttle.ts'

/** Ids of changed objects are collected for this long, milliseconds; more than can be named are told as "the set changed". */
const publishAfter = 200
const mostNamed = 500

/** Collects which objects have new suggestions and tells it now and then. */
export interface ChangedObjects {
  add(objectIds: readonly number[]): void
  /** Tells at once what was collected. */
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
