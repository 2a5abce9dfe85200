import { computed, onMounted, shallowRef } from 'vue'
import type { BundleReference, BundleSummary } from '../../../../shared/model/model.ts'
import { api } from '../../api/client.ts'
import { useEvent } from '../../composables/useEvents.ts'
import { report } from '../../composables/useMessages.ts'

/** Whether two references name the same bundle; null names none. */
export const isSameBundle = (one: BundleReference | null, other: BundleReference | null): boolean =>
  one !== null && other !== null && one.id === other.id && one.version === other.version

/** The models of this machine, as they are while the screen is open, and the two ways to change which of them is in use. */
export function useModels() {
  const bundles = shallowRef<readonly BundleSummary[] | null>(null)
  /** The bundle being activated; it is read completely and tested first. */
  const changing = shallowRef(false)

  const take = (next: readonly BundleSummary[]): void => void (bundles.value = next)
  const read = (): Promise<void> => api.models.list().then(take, report)
  onMounted(read)
  useEvent('hello', read)
  useEvent('models', ({ bundles: next }) => take(next))

  async function change(call: () => Promise<BundleSummary[]>): Promise<boolean> {
    if (changing.value) return false
    changing.value = true
    try {
      take(await call())
      return true
    } catch (error) {
      report(error)
      return false
    } finally {
      changing.value = false
    }
  }

  return {
    bundles,
    changing,
    active: computed(() => bundles.value?.find((bundle) => bundle.active) ?? null),
    previous: computed(() => bundles.value?.find((bundle) => bundle.previous) ?? null),
    find: (reference: BundleReference | null) => bundles.value?.find((bundle) => isSameBundle(bundle, reference)) ?? null,
    /** True: it is in use now. False: it was refused, and the person has been told why. */
    activate: ({ id, version }: BundleReference) => change(() => api.models.activate({ id, version })),
    back: () => change(() => api.models.back())
  }
}
