import { Worker } from 'node:worker_threads'
import { AppError } from '../../../shared/errors.ts'
import { entryFile } from '../entries.ts'
import { unpackFailure } from './failure.ts'
import { closeCall, openCall, type ThreadCall, type ThreadReply, type ThreadStart } from './thread-protocol.ts'

/** The owner's side of a database thread. */
export interface DatabaseThread {
  /** Calls that have not been answered yet. */
  readonly pending: number
  /** Opens the catalogue. Call once, before anything else. */
  open(): Promise<void>
  call(name: string, input: unknown): Promise<unknown>
  /**
   * Waits for pending calls, closes the connection and ends the thread. The thread ends in any case; the promise rejects if the
   * connection could not be closed cleanly.
   */
  close(): Promise<void>
  /** Ends the thread at once, whatever it does. */
  end(): Promise<void>
}

/** Listener for the state of a thread. */
export interface ThreadObserver {
  answered(name: string, milliseconds: number): void
  /** An error that belongs to no call. */
  problem(error: Error): void
}

interface Waiting {
  readonly name: string
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * Starts a database thread. One that cannot start, or dies later, rejects every pending and every later call with the
 * reason, so that nobody waits forever.
 */
export function startDatabaseThread(start: ThreadStart, observer: ThreadObserver): DatabaseThread {
  const worker = new Worker(entryFile('catalogue-thread'), { workerData: start, name: `catalogue-${start.role}` })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: Error | null = null

  function end(error: Error): void {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('message', (reply: ThreadReply) => {
    const call = waiting.get(reply.id)
    if (call === undefined) {
      if ('failure' in reply) observer.problem(unpackFailure(reply.failure))
      return
    }
    waiting.delete(reply.id)
    if ('failure' in reply) call.reject(unpackFailure(reply.failure))
    else call.resolve(reply.result)
    observer.answered(call.name, reply.milliseconds)
  })
  worker.on('messageerror', (error) => end(new AppError('catalogue.threadDied', { folder: start.folder }, error)))
  worker.on('error', (error) => end(new AppError('catalogue.threadDied', { folder: start.folder }, error)))
  worker.on('exit', () => end(new AppError('catalogue.closed', { folder: start.folder })))

  function call(name: string, input: unknown): Promise<unknown> {
    if (ended !== null) return Promise.reject(ended)
    const id = ++lastId
    const reply = new Promise((resolve, reject) => waiting.set(id, { name, resolve, reject }))
    try {
      worker.postMessage({ id, name, input } satisfies ThreadCall)
    } catch (error) {
      // An input that cannot be cloned is a bug of the caller and affects no other call.
      waiting.get(id)?.reject(error as Error)
      waiting.delete(id)
    }
    return reply
  }

  return {
    get pending() {
      return waiting.size
    },
    call,
    async open() {
      await call(openCall, null)
    },
    async close() {
      try {
        if (ended === null) await call(closeCall, null)
      } finally {
        await worker.terminate()
      }
    },
    async end() {
      await worker.terminate()
    }
  }
}
