import { shallowRef, watch, type Ref } from 'vue'
import type { RemoteCheck } from '../../../../shared/model/training.ts'
import { api } from '../../api/client.ts'
import { sentenceOf } from '../../composables/useMessages.ts'
import { isTarget, type TrainingChoice } from './training-plan.ts'

/** The checks of the machine that a person typed. Another name or Python discards them. */
export function useMachineChecks(choice: Ref<TrainingChoice>) {
  const checks = shallowRef<readonly RemoteCheck[] | null>(null)
  const problem = shallowRef<string | null>(null)
  const checking = shallowRef(false)
  let asking = 0

  watch(
    () => [choice.value.target.trim(), choice.value.remotePython.trim()].join('\n'),
    () => {
      asking += 1
      checks.value = null
      problem.value = null
      checking.value = false
    }
  )

  async function check(): Promise<void> {
    const { target, remotePython } = choice.value
    if (!isTarget(target) || checking.value) return
    const mine = (asking += 1)
    checks.value = null
    problem.value = null
    checking.value = true
    try {
      const answer = await api.training.checkRemote({ target: target.trim(), python: remotePython.trim() || null })
      if (mine === asking) checks.value = answer
    } catch (error) {
      if (mine === asking) problem.value = sentenceOf(error)
    } finally {
      if (mine === asking) checking.value = false
    }
  }

  return { checks, problem, checking, check }
}
