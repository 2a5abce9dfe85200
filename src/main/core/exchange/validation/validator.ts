import { Worker } from 'node:worker_threads'
import { entryFile } from '../../entries.ts'
import type { Finding } from './finding.ts'
import type { ValidationAnswer, ValidationStart } from './thread.ts'

/** Checks XML documents against the LIDO schema, in a thread. */
export interface LidoValidator {
  /** What is wrong with a document; checks run one after the other. */
  check(xml: string): Promise<Finding[]>
  close(): Promise<void>
}

/** Texts come and go; with little room for the young they are let go early, and the thread stays small. */
const youngMegabytes = 8

/** Starts the thread with the schema in `schemaFolder` (resources/schemas/lido). Close it after use: it holds some 60 MB. */
export function startLidoValidator(schemaFolder: string): LidoValidator {
  const worker = new Worker(entryFile('validation-thread'), {
    workerData: { schemaFolder } satisfies ValidationStart,
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes }
  })
  const waiting: { resolve: (findings: Finding[]) => void; reject: (error: Error) => void }[] = []
  let ended: Error | null = null
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  worker.on('message', (answer: ValidationAnswer) => {
    const asked = waiting.shift()
    if ('failure' in answer) asked?.reject(new Error(answer.failure))
    else asked?.resolve(answer.findings)
  })
  worker.on('error', end)
  worker.on('exit', () => end(new Error('the validation thread ended')))
  return {
    check(xml) {
      if (ended !== null) return Promise.reject(ended)
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        worker.postMessage(xml)
      })
    },
    async close() {
      await worker.terminate()
    }
  }
}
