import { Worker } from 'node:worker_threads'
import { Cancelled } from '../../../shared/errors.ts'
import { entryFile } from '../entries.ts'
import type { LearnerCall, LearnerInput, LearnerMethod, LearnerOutput, LearnerReply, LearnerSetup } from './protocol.ts'

/** The owner's side of the learning thread. */
export interface Learner {
  /** Calls a method of the catalogue's model. Rejects with Cancelled if the learner has been closed. */
  ask<M extends LearnerMethod>(method: M, ...input: LearnerInput<M>): Promise<LearnerOutput<M>>
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

export function startLearner(setup: LearnerSetup): Learner {
  const worker = new Worker(entryFile('learning-thread'), { workerData: setup, name: 'learning' })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: unknown = null

  function end(error: unknown): void {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('message', (reply: LearnerReply) => {
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('failure' in reply) call?.reject(new Error(reply.failure))
    else call?.resolve(reply.result)
  })
  worker.on('error', end)
  worker.on('exit', () => end(new Cancelled()))

  return {
    ask<M extends LearnerMethod>(method: M, ...input: LearnerInput<M>) {
      return new Promise<LearnerOutput<M>>((resolve, reject) => {
        if (ended !== null) return reject(ended)
        const id = ++lastId
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
        worker.postMessage({ id, method, input } satisfies LearnerCall)
      })
    },
    async close() {
      end(new Cancelled())
      await worker.terminate()
    }
  }
}
