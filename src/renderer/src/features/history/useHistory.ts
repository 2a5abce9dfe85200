import { shallowRef } from 'vue'
import type { HistoryEntry, RunEntry } from '../../../../shared/model/history.ts'
import type { ActionSummary } from '../../../../shared/model/record.ts'
import { api } from '../../api/client.ts'

/** Actions read at a time. */
const page = 100

/** The filter of the history: null = everybody, and all kinds. */
export interface HistoryFilter {
  readonly author: string | null
  readonly kind: ActionSummary['kind'] | null
}

/** The actions and runs of the open catalogue, newest first. The functions fail with the core's error. */
export function useHistory() {
  const entries = shallowRef<readonly HistoryEntry[]>([])
  const authors = shallowRef<readonly string[]>([])
  const runs = shallowRef<readonly RunEntry[]>([])
  const hasMore = shallowRef(false)
  let asked = 0

  async function readPage({ author, kind }: HistoryFilter, before: number | null): Promise<HistoryEntry[] | null> {
    const turn = (asked += 1)
    const list = await api.history.list({
      author,
      kinds: kind === null ? [] : [kind],
      before,
      limit: page
    })
    // The answer to an earlier request never replaces a newer one.
    return turn === asked ? list : null
  }

  return {
    entries,
    authors,
    runs,
    hasMore,
    async read(filter: HistoryFilter): Promise<void> {
      const [list, names, ofModels] = await Promise.all([readPage(filter, null), api.history.authors(), api.history.runs()])
      authors.value = names
      runs.value = ofModels
      if (list === null) return
      entries.value = list
      hasMore.value = list.length === page
    },
    async readMore(filter: HistoryFilter): Promise<void> {
      const list = await readPage(filter, entries.value.at(-1)?.id ?? null)
      if (list === null) return
      entries.value = [...entries.value, ...list]
      hasMore.value = list.length === page
    }
  }
}
