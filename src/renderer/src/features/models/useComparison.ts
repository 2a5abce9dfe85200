import { shallowRef, watch, type Ref } from 'vue'
import type { BundleReference } from '../../../../shared/model/model.ts'
import type { Comparison } from '../../../../shared/model/training.ts'
import { api } from '../../api/client.ts'
import { useEvent } from '../../composables/useEvents.ts'
import { sentenceOf } from '../../composables/useMessages.ts'

/**
 * A model's figures compared with those of the one in use, reloaded when either changes; null while there is no model to
 * compare.
 */
export function useComparison(bundle: Ref<BundleReference | null>) {
  const comparison = shallowRef<Comparison | null>(null)
  const problem = shallowRef<string | null>(null)
  let asking = 0

  async function read(): Promise<void> {
    const mine = (asking += 1)
    const asked = bundle.value
    if (asked === null) return
    try {
      const answer = await api.training.compare({ id: asked.id, version: asked.version })
      if (mine !== asking) return
      comparison.value = answer
      problem.value = null
    } catch (error) {
      if (mine === asking) problem.value = sentenceOf(error)
    }
  }

  watch(
    () => (bundle.value === null ? null : `${bundle.value.id}@${bundle.value.version}`),
    () => {
      comparison.value = null
      problem.value = null
      asking += 1
      void read()
    },
    { immediate: true }
  )
  useEvent('models', () => void read())
  return { comparison, problem }
}
