import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { PatternTrial } from '../../../../shared/model/job.ts'
import { api } from '../../api/client.ts'
import { sentenceOf } from '../../composables/useMessages.ts'

/** The trial follows typing after this pause, in milliseconds. */
const pause = 300

/** Tries the pattern on all files while it is typed, without importing anything. */
export function usePatternTrial(
  folder: Ref<string>,
  files: Ref<readonly string[] | null>,
  pattern: Ref<string>,
  acrossFolders: Ref<boolean>
) {
  const trial = shallowRef<PatternTrial | null>(null)
  const problem = shallowRef<string | null>(null)
  const busy = shallowRef(false)
  let asking = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const ask = async (): Promise<void> => {
    const mine = (asking += 1)
    if (folder.value.trim() === '') {
      trial.value = null
      problem.value = null
      return
    }
    busy.value = true
    try {
      const answer = await api.imports.tryPattern({
        folder: folder.value.trim(),
        files: files.value === null ? null : [...files.value],
        pattern: pattern.value.trim(),
        acrossFolders: acrossFolders.value
      })
      if (mine === asking) [trial.value, problem.value] = [answer, null]
    } catch (error) {
      if (mine === asking) [trial.value, problem.value] = [null, sentenceOf(error)]
    } finally {
      if (mine === asking) busy.value = false
    }
  }

  watch(
    [() => folder.value, () => files.value, () => pattern.value, () => acrossFolders.value],
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), pause)
    },
    { immediate: true }
  )
  onScopeDispose(() => clearTimeout(timer))
  return { trial, problem, busy }
}
