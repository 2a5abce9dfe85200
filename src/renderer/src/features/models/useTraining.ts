import { computed, shallowRef, watch } from 'vue'
import type { TrainingRequest, TrainingState } from '../../../../shared/model/training.ts'
import { api } from '../../api/client.ts'
import { useEvent } from '../../composables/useEvents.ts'
import { isActive, useJobs } from '../../composables/useJobs.ts'
import { report, sentenceOf } from '../../composables/useMessages.ts'

/** The training that a person has dismissed to prepare another; kept for the lifetime of the window. */
const putAway = shallowRef<number | null>(null)

/** The running training, else the newest; its state; and the commands that start, stop and resume it. */
export function useTraining() {
  const { jobs, stop, resume } = useJobs()
  const state = shallowRef<TrainingState | null>(null)
  const problem = shallowRef<string | null>(null)
  const starting = shallowRef(false)
  const trainings = computed(() => jobs.value.filter((each) => each.kind === 'train'))
  const newest = computed(() => trainings.value.find((each) => each.state === 'running') ?? trainings.value[0] ?? null)
  const job = computed(() => (newest.value?.id === putAway.value ? null : newest.value))

  useEvent('training', ({ training }) => {
    if (training.jobId === newest.value?.id) state.value = training
  })
  async function read(): Promise<void> {
    const jobId = newest.value?.id
    if (jobId === undefined) return
    const answer = await api.training.state({ jobId }).catch(report)
    if (answer && answer.jobId === newest.value?.id) state.value = answer
  }
  // The final state is read when the job ends, not awaited as an event: only then is the bundle known.
  watch(
    () => [newest.value?.id, newest.value === null ? null : isActive(newest.value)] as const,
    ([jobId], before) => {
      if (before?.[0] !== jobId) state.value = null
      void read()
    },
    { immediate: true }
  )
  useEvent('hello', read)

  async function start(request: TrainingRequest): Promise<void> {
    starting.value = true
    problem.value = null
    try {
      await api.training.start(request)
    } catch (error) {
      problem.value = sentenceOf(error)
    } finally {
      starting.value = false
    }
  }

  return {
    job,
    state,
    problem,
    starting,
    start,
    stop,
    resume,
    /** Dismisses the ended training, to prepare another. */
    putAway: () => void (putAway.value = newest.value?.id ?? null)
  }
}
