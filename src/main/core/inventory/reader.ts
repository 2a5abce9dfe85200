import { Worker } from 'node:worker_threads'
import type { InventoryFile, LinkPlan } from '../../../shared/model/inventory.ts'
import { unpackFailure, type Failure } from '../catalogue/failure.ts'
import { entryFile } from '../entries.ts'
import type { FullLinkOptions, ObjectToLink, RowChange } from './plan.ts'

/** Tasks of the thread: the columns of a file, or the effects of linking it. */
export type ReaderTask =
  | { readonly kind: 'examine'; readonly file: string; readonly sheet: string | null; readonly numbers: readonly string[] }
  | { readonly kind: 'plan'; readonly options: FullLinkOptions; readonly objects: readonly ObjectToLink[] }

/** What linking would do, with everything that it needs to be done. */
export interface PreparedLink {
  readonly plan: LinkPlan
  readonly changes: readonly RowChange[]
  readonly columns: readonly string[]
  readonly sha256: string
}

export interface ReaderAnswers {
  readonly examine: InventoryFile
  readonly plan: PreparedLink
}

export type ReaderReply = { readonly result: InventoryFile | PreparedLink } | { readonly failure: Failure }

/** Runs a task in its own thread, because a spreadsheet of 50,000 rows takes a second to read. */
export async function readInThread<K extends ReaderTask['kind']>(task: Extract<ReaderTask, { kind: K }>): Promise<ReaderAnswers[K]> {
  const worker = new Worker(entryFile('inventory-thread'), { workerData: task, name: 'inventory' })
  try {
    const reply = await new Promise<ReaderReply>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the reader of the inventory ended without an answer')))
    })
    if ('failure' in reply) throw unpackFailure(reply.failure)
    // The thread answers each kind of task with its own result.
    return reply.result as ReaderAnswers[K]
  } finally {
    await worker.terminate()
  }
}
