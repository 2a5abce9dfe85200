import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { NumberScope, NumberTrial } from '../../../../shared/model/numbering.ts'
import { api } from '../../api/client.ts'
import { sentenceOf } from '../../composables/useMessages.ts'

/** The trial follows typing after this pause, in milliseconds. */
const pause = 300

/** Previews what a pattern would change while it is typed. With `scope` null, the preview is off. */
export function useNumberTrial(pattern: Ref<string>, scope: Ref<NumberScope | null>) {
  const trial = shallowRef<NumberTrial | null>(null)
  const problem = shallowRef<string | null>(null)
  const busy = shallowRef(false)
  let asking = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<void> {
    const mine = (asking += 1)
    if (scope.value === null) {
      trial.value = null
      return
    }
    busy.value = true
    try {
      const answer = await api.numbers.try({ pattern: pattern.value.trim(), scope: scope.value })
      if (mine === asking) [trial.value, problem.value] = [answer, null]
    } catch (error) {
      if (mine === asking) [trial.value, problem.value] = [null, sentenceOf(error)]
    } finally {
      if (mine === asking) busy.value = false
    }
  }
  watch(
    [pattern, scope],
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), pause)
    },
    { immediate: true }
  )
  onScopeDispose(() => clearTimeout(timer))
  return { trial, problem, busy }
}
