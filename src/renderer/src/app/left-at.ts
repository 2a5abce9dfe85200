import { watch } from 'vue'
import type { CatalogueView } from '../../../shared/model/catalogue.ts'
import { api } from '../api/client.ts'
import { report } from '../composables/useMessages.ts'
import { noFilter, type WorkingSet } from '../composables/useWorkingSet.ts'

/** How long a person stays at an object before the position is stored, in milliseconds, so that going through objects with J and K writes nothing. */
const delay = 500

/** Remembers where the person is in the open catalogue, so that it opens there. `path` gives the catalogue that is shown. */
export function keepLeftAt(set: WorkingSet, path: () => string | null): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const keep = (): void => {
    timer = undefined
    const catalogue = path()
    if (catalogue === null || !set.loaded.value) return
    const view: CatalogueView = { objectId: set.currentId.value, filter: set.filter.value, order: set.order.value }
    api.catalogue.keepView({ path: catalogue, view }).catch(report)
  }
  watch([set.currentId, set.filter, set.order], () => {
    clearTimeout(timer)
    timer = setTimeout(keep, delay)
  })
}

/** Opens a catalogue where it was left; an object that is gone, or that the filter hides, does not become current. */
export async function goWhereLeft(set: WorkingSet, path: string): Promise<void> {
  const view = await api.catalogue.view({ path })
  if (view !== null) {
    set.order.value = view.order
    set.filter.value = { ...noFilter, ...view.filter }
    set.currentId.value = view.objectId
  }
  await set.refresh()
  if (view !== null && set.currentId.value === view.objectId && set.position.value < 0) set.currentId.value = null
}
