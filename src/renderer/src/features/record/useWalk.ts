import { cell } from '../../../../shared/domain/cell.ts'
import type { ComputedRef } from 'vue'
import { useWorkingSet } from '../../composables/useWorkingSet.ts'
import type { Records } from './model/records.ts'
import { prefetchPictures } from './pictures.ts'

/** Objects fetched ahead on either side. */
const ahead = 5

/** Cards read at once while an open object is looked for. */
const stride = 100

/** Walks through the working set from the object on screen. */
export function useWalk(objectId: ComputedRef<number>, go: (id: number) => void) {
  const set = useWorkingSet()

  /** Goes on by so many objects; false at either end of the set. */
  function step(steps: number): boolean {
    const id = set.neighbour(steps)
    if (id === null) return false
    go(id)
    return true
  }

  /** Goes to the next object that is not closed, after the last one from the first; false where there is none. */
  async function toNextOpen(): Promise<boolean> {
    const from = set.position.value
    const count = set.ids.value.length
    for (let start = 1; start < count; start += stride) {
      const places = Array.from({ length: Math.min(stride, count - start) }, (_, index) => (from + start + index) % count)
      await set.need(Math.min(...places), Math.max(...places))
      const open = places.find((place) => set.card(cell(set.ids.value, place))?.status !== 'closed')
      if (open !== undefined) {
        go(cell(set.ids.value, open))
        return true
      }
    }
    return false
  }

  /** Fetches records and pictures of the neighbours, the next ones first. */
  async function prefetch(records: Records): Promise<void> {
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

  return { step, go, toNextOpen, prefetch }
}
