/** The learning thread: holds the model learned from a catalogue's decisions, so that no fit blocks the core. */
import { parentPort, workerData } from 'node:worker_threads'
import { CatalogueModel } from './catalogue-model.ts'
import type { LearnerCall, LearnerReply, LearnerSetup } from './protocol.ts'

const { mean, prototypes } = workerData as LearnerSetup
const model = new CatalogueModel(mean, prototypes)

parentPort?.on('message', ({ id, method, input }: LearnerCall) => {
  let reply: LearnerReply
  try {
    // The caller's types are those of the methods (learner.ts).
    reply = { id, result: (model[method] as (...input: readonly unknown[]) => unknown).apply(model, [...input]) }
  } catch (error) {
    reply = { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  parentPort?.postMessage(reply)
})
