import { onMounted, onScopeDispose, shallowRef } from 'vue'
import type { Statistics } from '../../../../shared/model/catalogue.ts'
import { api } from '../../api/client.ts'
import { useEvent } from '../../composables/useEvents.ts'
import { report } from '../../composables/useMessages.ts'

/** How long changes are gathered before the counts are read again, in milliseconds. */
const patience = 1500

/** Counts of the open catalogue, which follow its changes at a calm pace. */
export function useCatalogueCounts() {
  const statistics = shallowRef<Statistics | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = async (): Promise<void> => {
    timer = undefined
    await api.catalogue.statistics().then((answer) => (statistics.value = answer), report)
  }
  onMounted(read)
  useEvent('objects', () => (timer ??= setTimeout(() => void read(), patience)))
  onScopeDispose(() => clearTimeout(timer))
  return { statistics, read }
}
