/** Checks LIDO texts in a thread of its own, so that validating thousands of records holds nobody up. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Finding } from './finding.ts'
import { loadLidoSchema } from './lido-schema.ts'

/** What the thread is started with, asked and answers; answers come in the order of the questions. */
export interface ValidationStart {
  schemaFolder: string
}
export type ValidationAnswer = { findings: Finding[] } | { failure: string }

const port = parentPort
if (port === null) throw new Error('runs as a worker thread only')
const schema = loadLidoSchema((workerData as ValidationStart).schemaFolder)

port.on('message', (xml: string) => {
  let answer: ValidationAnswer
  try {
    answer = { findings: schema.check(xml) }
  } catch (error) {
    answer = { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  port.postMessage(answer)
})
