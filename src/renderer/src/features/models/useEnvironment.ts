import { computed, onMounted, shallowRef, watch } from 'vue'
import type { TrainingEnvironment } from '../../../../shared/model/training.ts'
import { api } from '../../api/client.ts'
import { isActive, useJobs } from '../../composables/useJobs.ts'
import { report, sentenceOf } from '../../composables/useMessages.ts'

/** The Python with which this computer trains, and the job that sets it up. */
export function useEnvironment() {
  const { jobs } = useJobs()
  const environment = shallowRef<TrainingEnvironment | null>(null)
  const problem = shallowRef<string | null>(null)
  const starting = shallowRef(false)
  /** The set-up that was started on this screen. */
  const started = shallowRef<number | null>(null)
  const newest = computed(() => jobs.value.find((each) => each.kind === 'environment') ?? null)
  /** The set-up to report: not a finished one, which shows in the environment itself, nor an old failure if Python is ready. */
  const job = computed(() => {
    const told = newest.value
    if (told === null || told.state === 'done') return null
    return isActive(told) || told.id === started.value || environment.value?.state !== 'ready' ? told : null
  })

  const read = (): Promise<unknown> => api.training.environment().then((answer) => (environment.value = answer), report)
  onMounted(read)
  watch(
    () => jobs.value.filter((each) => each.kind === 'environment' && isActive(each)).length,
    () => void read()
  )

  /** Makes an environment, or (a program's path) checks and takes one that is there. */
  async function setUp(python: string | null): Promise<void> {
    starting.value = true
    problem.value = null
    try {
      started.value = (await api.training.setUp({ python })).jobId
    } catch (error) {
      problem.value = sentenceOf(error)
    } finally {
      starting.value = false
    }
  }

  return { environment, job, problem, starting, setUp }
}
