import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { ImportItem, ImportItemState, Job } from '../../../../shared/model/job.ts'
import { api } from '../../api/client.ts'
import { isActive } from '../../composables/useJobs.ts'
import { report } from '../../composables/useMessages.ts'

/** Lines read in one call; what is on screen is read again at most once in this many milliseconds while the job runs. */
const pageSize = 200
const pace = 1200

export type ReportCounts = Readonly<Partial<Record<ImportItemState, number>>>

/** The report of an import, page by page in path order, filtered by state (null = all); follows the job while it runs. */
export function useReport(job: Ref<Job | null>, state: Ref<ImportItemState | null>) {
  const items = shallowRef<readonly ImportItem[]>([])
  const counts = shallowRef<ReportCounts>({})
  const complete = shallowRef(false)
  let reading = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const page = (jobId: number, after: string | null, limit: number) => api.imports.report({ jobId, state: state.value, after, limit })

  /** Reloads all loaded lines in one call. */
  const reload = async (): Promise<void> => {
    timer = undefined
    const jobId = job.value?.id
    const mine = (reading += 1)
    if (jobId === undefined) {
      items.value = []
      counts.value = {}
      return
    }
    const limit = Math.min(500, Math.max(pageSize, items.value.length))
    try {
      const answer = await page(jobId, null, limit)
      if (mine !== reading) return
      items.value = answer.items
      counts.value = answer.counts
      complete.value = answer.items.length < limit
    } catch (error) {
      if (mine === reading) report(error)
    }
  }

  /** Reads the next page; called when the last line comes into view. */
  const more = async (): Promise<void> => {
    const jobId = job.value?.id
    const last = items.value.at(-1)
    if (jobId === undefined || last === undefined || complete.value) return
    const mine = (reading += 1)
    try {
      const answer = await page(jobId, last.path, pageSize)
      if (mine !== reading) return
      items.value = [...items.value, ...answer.items]
      complete.value = answer.items.length < pageSize
    } catch (error) {
      if (mine === reading) report(error)
    }
  }

  // Getters, because a shallow ref among several sources would trigger at every state of the job.
  watch(
    [() => job.value?.id, () => state.value],
    () => {
      items.value = []
      complete.value = false
      void reload()
    },
    { immediate: true }
  )
  watch(job, (now, before) => {
    if (now === null || now.id !== before?.id) return
    if (isActive(now)) timer ??= setTimeout(() => void reload(), pace)
    else if (isActive(before)) void reload()
  })
  onScopeDispose(() => clearTimeout(timer))
  return { items, counts, more, reload }
}
