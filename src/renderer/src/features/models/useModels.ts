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
  /** The bundle that is tested for it now, null while none is. */
  const tested = shallowRef<BundleReference | null>(null)
  let test = new AbortController()

  const take = (next: readonly BundleSummary[]): void => void (bundles.value = next)
  const read = (): Promise<void> => api.models.list().then(take, report)
  onMounted(read)
  useEvent('hello', read)
  useEvent('models', ({ bundles: next }) => take(next))

  useEvent('bundleCheck', ({ bundle, state }) => void (tested.value = state === 'begun' ? bundle : null))

  async function change(call: (signal: AbortSignal) => Promise<BundleSummary[]>): Promise<boolean> {
    if (changing.value) return false
    changing.value = true
    test = new AbortController()
    try {
      take(await call(test.signal))
      return true
    } catch (error) {
      report(error)
      return false
    } finally {
      changing.value = false
      tested.value = null
    }
  }

  return {
    bundles,
    changing,
    tested: computed(() => (changing.value ? tested.value : null)),
    /** Ends the test: the model in use stays. */
    cancelTest: () => test.abort(),
    active: computed(() => bundles.value?.find((bundle) => bundle.active) ?? null),
    previous: computed(() => bundles.value?.find((bundle) => bundle.previous) ?? null),
    find: (reference: BundleReference | null) => bundles.value?.find((bundle) => isSameBundle(bundle, reference)) ?? null,
    /** True: it is in use now. False: it was refused, and the person has been told why. */
    activate: ({ id, version }: BundleReference) => change((signal) => api.models.activate({ id, version }, { signal })),
    back: () => change((signal) => api.models.back(undefined, { signal }))
  }
}
