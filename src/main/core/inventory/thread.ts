/** The thread that reads an inventory: does the one task it was started with. */
import { parentPort, workerData } from 'node:worker_threads'
import { packFailure } from '../catalogue/failure.ts'
import { examine } from './examine.ts'
import { planLink } from './plan.ts'
import type { PreparedLink, ReaderReply, ReaderTask } from './reader.ts'
import { readTable } from './table.ts'

async function answer(task: ReaderTask): Promise<ReaderReply> {
  try {
    if (task.kind === 'examine') return { result: examine(task.file, await readTable(task.file, task.sheet), task.numbers) }
    const table = await readTable(task.options.file, task.options.sheet)
    return {
      result: { ...planLink(table, task.options, task.objects), columns: table.columns, sha256: table.sha256 } satisfies PreparedLink
    }
  } catch (error) {
    return { failure: packFailure(error) }
  }
}

const reply = await answer(workerData as ReaderTask)
parentPort?.postMessage(reply)
