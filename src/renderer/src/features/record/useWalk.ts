import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { useRouter } from 'vue-router'
import { cell } from '../../../../shared/domain/cell.ts'
import { useWorkingSet } from '../../composables/useWorkingSet.ts'
import type { Records } from './model/records.ts'
import { prefetchPictures } from './pictures.ts'

/** Objects fetched ahead on either side. */
const ahead = 5

/** Cards read at once while an open object is looked for. */
const stride = 100

/** Walks through the working set from the object on screen. */
export function useWalk(objectId: ComputedRef<number>, records: Records) {
  const set = useWorkingSet()
  const router = useRouter()
  /** The target object; the address follows a moment later. */
  const destination = shallowRef(objectId.value)
  const searching = shallowRef(false)
  watch(objectId, (id) => (destination.value = id), { flush: 'sync' })

  function go(id: number): void {
    set.currentId.value = destination.value = id
    void router.replace({ name: 'record', params: { id } })
  }

  /** Moves by a number of objects; false at either end of the set. */
  function step(steps: number): boolean {
    const id = set.neighbour(steps)
    if (id === null) return false
    go(id)
    return true
  }

  /** A record is more recent than a card. */
  const isOpen = (id: number): boolean => (records.get(id)?.status ?? set.card(id)?.status) !== 'closed'

  /** Goes to the next object that is not closed, after the last one from the first; false if there is none. */
  async function toNextOpen(): Promise<boolean> {
    const from = set.position.value
    const count = set.ids.value.length
    searching.value = true
    try {
      for (let start = 1; start < count; start += stride) {
        const positions = Array.from({ length: Math.min(stride, count - start) }, (_, index) => (from + start + index) % count)
        await set.need(Math.min(...positions), Math.max(...positions))
        const open = positions.map((position) => cell(set.ids.value, position)).find(isOpen)
        if (open !== undefined) {
          go(open)
          return true
        }
      }
      return false
    } finally {
      searching.value = false
    }
  }

  /** Fetches records and pictures of the neighbours, the next ones first. */
  async function prefetch(): Promise<void> {
    const here = objectId.value
    const near = Array.from({ length: ahead }, (_, index) => [set.neighbour(index + 1), set.neighbour(-index - 1)])
      .flat()
      .filter((id) => id !== null)
    await Promise.all(
      near.map(async (id) => {
        const record = await records.load(id).catch(() => null)
        const first = record?.images[0]
        if (first && objectId.value === here) prefetchPictures([first.sha256])
      })
    )
  }

  return { step, go, toNextOpen, prefetch, searching, leaving: computed(() => searching.value || destination.value !== objectId.value) }
}
