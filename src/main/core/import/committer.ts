import type { Catalogue } from '../operations/catalogue.ts'
import type { ImportRoot } from './locations.ts'
import type { FinishedFile, Grouping } from './outcome.ts'
import type { Committed } from './take.ts'

/** A batch is written at this size or after this time in milliseconds: one flush to the disk for all its results. */
const largest = 64
const longest = 250

/** Gathers finished files and writes them in batches, one batch after the other. */
export interface Committer {
  /** Settles at once while the batch has room; waits until a full batch is written. */
  add(file: FinishedFile): Promise<void>
  /** Writes what is left; throws what went wrong in any batch. */
  end(): Promise<void>
}

export function createCommitter(options: {
  catalogue: Catalogue
  jobId: number
  root: ImportRoot
  grouping: Grouping | null
  /** Called for every batch once it is in the catalogue. */
  committed: (result: Committed) => void
}): Committer {
  const { catalogue, jobId, root, grouping, committed } = options
  let waiting: FinishedFile[] = []
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (waiting.length === 0) return writing
    // In path order, so that ids follow it as closely as parallel work allows.
    const files = waiting.sort((a, b) => (a.key < b.key ? -1 : 1))
    waiting = []
    writing = writing.then(async () => {
      committed(await catalogue.write('commitImportFiles', { jobId, root, grouping, at: new Date().toISOString(), files }))
    })
    // The next `add` or `end` rejects with the failure; until then it must not be an unhandled rejection.
    writing.catch(() => undefined)
    return writing
  }

  return {
    async add(file) {
      waiting.push(file)
      if (waiting.length >= largest) await flush()
      else timer ??= setTimeout(() => void flush().catch(() => undefined), longest)
    },
    end: flush
  }
}
