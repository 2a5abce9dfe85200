import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { ExportOptions, ValidationReport } from '../../../../shared/model/exchange.ts'
import { api } from '../../api/client.ts'
import { sentenceOf } from '../../composables/useMessages.ts'

/** Up to this many objects are checked by themselves whenever a choice changes; more are checked on command. */
export const checkedByItself = 500

/**
 * The validation report of what would be exported; of options that are null there is nothing to check. Another choice discards it,
 * so that a report always belongs to the current options.
 */
export function useValidation(options: Ref<ExportOptions | null>, count: Ref<number>) {
  const report = shallowRef<ValidationReport | null>(null)
  const problem = shallowRef<string | null>(null)
  const checking = shallowRef(false)
  let asking = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const check = async (): Promise<void> => {
    const mine = (asking += 1)
    if (count.value === 0 || options.value === null) return
    checking.value = true
    problem.value = null
    try {
      const answer = await api.exports.check(options.value)
      if (mine === asking) report.value = answer
    } catch (error) {
      if (mine === asking) problem.value = sentenceOf(error)
    } finally {
      if (mine === asking) checking.value = false
    }
  }

  watch(
    // The number of objects is asked of the core, and may come after the screen.
    () => JSON.stringify([count.value, options.value === null ? null : { ...options.value, file: null }]),
    () => {
      asking += 1
      report.value = null
      problem.value = null
      checking.value = false
      clearTimeout(timer)
      if (options.value !== null && count.value > 0 && count.value <= checkedByItself) timer = setTimeout(() => void check(), 300)
    },
    { immediate: true }
  )
  onScopeDispose(() => clearTimeout(timer))
  return { report, problem, checking, check }
}
