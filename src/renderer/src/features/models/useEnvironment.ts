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
  /** The newest set-up; of one that is done the environment itself tells. */
  const job = computed(() => jobs.value.find((each) => each.kind === 'environment' && each.state !== 'done') ?? null)

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
      await api.training.setUp({ python })
    } catch (error) {
      problem.value = sentenceOf(error)
    } finally {
      starting.value = false
    }
  }

  return { environment, job, problem, starting, setUp }
}
