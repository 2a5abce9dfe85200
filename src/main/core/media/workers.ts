import { fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { freeGate, type HeavyGate } from './heavy.ts'
import type { AnswerMessage, RequestMessage } from './messages.ts'

/** A thread or a process that works on media requests. */
export interface MediaWorker {
  send(message: RequestMessage): void
  /** Ends it; settles once it is gone. */
  end(): Promise<void>
}

/** What the owner wants to hear of a worker; `gone` comes exactly once, whatever the cause. */
export interface WorkerEvents {
  answer(message: AnswerMessage): void
  gone(): void
}

/** Pixels live outside the heap; a small young generation lets them go sooner (60 MB less at no cost in time, measured). */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

/** Starts a worker as a thread of this process. */
export function startThread(file: string, gate: HeavyGate, events: WorkerEvents): MediaWorker {
  const thread = new Worker(file, { workerData: { gate }, name: 'media', resourceLimits })
  const id = thread.threadId
  thread.on('message', (message: AnswerMessage) => events.answer(message))
  // An exception that nothing caught ends the thread; `exit` follows and says all that matters here.
  thread.on('error', () => undefined)
  const exited = new Promise<void>((resolve) => {
    thread.once('exit', () => {
      freeGate(gate, id)
      events.gone()
      resolve()
    })
  })
  return {
    send: (message) => thread.postMessage(message),
    end: async () => {
      void thread.terminate()
      await exited
    }
  }
}

/** Starts a worker as a process of its own, which may die without harm. */
export function startProcess(file: string, events: WorkerEvents): MediaWorker {
  const child = fork(file, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] })
  child.on('message', (message) => events.answer(message as AnswerMessage))
  const exited = new Promise<void>((resolve) => {
    const gone = (): void => {
      events.gone()
      resolve()
    }
    child.once('exit', gone)
    child.once('error', () => {
      child.off('exit', gone)
      gone()
    })
  })
  return {
    // A process that has died meanwhile is reported by `gone`.
    send: (message) => child.send(message, () => undefined),
    end: async () => {
      child.kill('SIGKILL')
      await exited
    }
  }
}
