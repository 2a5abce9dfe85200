import { fork } from 'node:child_process'
import { AppError } from '../../../../shared/errors.ts'
import type { ValidationReport } from '../../../../shared/model/exchange.ts'
import { entryFile } from '../../entries.ts'
import type { ValidationAnswer, ValidationQuestion, XmlChecker } from './protocol.ts'

/** Checks XML documents and files against the LIDO schema, in a process of its own. Questions are answered one after the other. */
export interface LidoValidator extends XmlChecker {
  /** Validates a file of any size; throws the AppErrors of `validateLido`. */
  validate(file: string): Promise<ValidationReport>
  close(): Promise<void>
}

/** Heap limit in megabytes: texts are short-lived, and with little room they are freed early. */
const heapLimits = ['--max-old-space-size=192', '--max-semi-space-size=8']

/** How much of what the process writes to stderr is kept, characters. */
const keptStderr = 2000

/**
 * Starts the process with the schema in `schemaFolder` (resources/schemas/lido). Close it after use: it holds some 80 MB.
 * Where it ends by itself, every open and later question is refused with `validate.ended`.
 */
export function startLidoValidator(schemaFolder: string, entry = entryFile('validation-process')): LidoValidator {
  const child = fork(entry, [schemaFolder], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: heapLimits
  })
  const waiting: { resolve: (answer: ValidationAnswer) => void; reject: (error: Error) => void }[] = []
  let ended: Error | null = null
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-keptStderr)))
  const end = (detail: string): void => {
    ended ??= new AppError('validate.ended', { detail }, new Error(stderr))
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.on('message', (answer: ValidationAnswer) => waiting.shift()?.resolve(answer))
  child.on('error', (error) => end(error.message))
  child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`))

  function ask(question: ValidationQuestion): Promise<ValidationAnswer> {
    if (ended !== null) return Promise.reject(ended)
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      // A channel that is closed means that the process has ended; 'exit' follows and says so.
      child.send(question, () => undefined)
    })
  }
  return {
    async check(xml) {
      const answer = await ask({ xml })
      if ('findings' in answer) return answer.findings
      throw failureOf(answer)
    },
    async validate(file) {
      const answer = await ask({ file })
      if ('report' in answer) return answer.report
      throw failureOf(answer)
    },
    async close() {
      child.kill('SIGKILL')
      await exited
    }
  }
}

function failureOf(answer: ValidationAnswer): Error {
  if ('refused' in answer) return AppError.told(answer.refused)
  return new Error('failure' in answer ? answer.failure : 'an answer to another question')
}
