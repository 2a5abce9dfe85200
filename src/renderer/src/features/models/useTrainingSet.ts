import { onMounted, onScopeDispose, shallowRef } from 'vue'
import type { TrainingSet } from '../../../../shared/model/training.ts'
import { api } from '../../api/client.ts'
import { useEvent } from '../../composables/useEvents.ts'
import { report } from '../../composables/useMessages.ts'

/** How long decisions are gathered before the set is counted again, in milliseconds. */
const patience = 1500

/** What training would read of the open catalogue, counted again after decisions (an undo reaches this screen too). */
export function useTrainingSet() {
  const set = shallowRef<TrainingSet | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = async (): Promise<void> => {
    timer = undefined
    await api.training.set().then((answer) => (set.value = answer), report)
  }
  onMounted(read)
  useEvent('hello', read)
  useEvent('objects', () => (timer ??= setTimeout(() => void read(), patience)))
  onScopeDispose(() => clearTimeout(timer))
  return { set }
}
