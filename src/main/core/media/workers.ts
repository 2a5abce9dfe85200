import { fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { OwnerMessage, WorkerMessage } from './messages.ts'

/** A process that serves media requests and may die without affecting others. */
export interface MediaWorker {
  send(message: OwnerMessage): void
  /** Kills it. Settles once it has ended, or once it is clear that the system does not end it. */
  end(): Promise<void>
}

/** Callbacks of a worker; `gone` is called exactly once, with how it ended and what it wrote last on stderr. */
export interface WorkerEvents {
  message(message: WorkerMessage): void
  gone(how: string): void
}

/** Characters of what a worker says on stderr that are kept. */
const keptWords = 4000

/** Pixels live outside the heap; the heap holds little more than metadata, and its limit ends what would fill the machine. */
const execArgv = ['--max-old-space-size=400', '--max-semi-space-size=4']

/** A process that hangs in a system call (a dead network share) is abandoned after this time, in milliseconds. */
const longestEnd = 2000

/** Starts a worker; `apart`: it examines suspect files. */
export function startWorker(file: string, apart: boolean, events: WorkerEvents): MediaWorker {
  const args = apart ? ['apart'] : []
  const child = fork(file, args, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv })
  let told = false
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-keptWords)))
  const exited = new Promise<void>((resolve) => {
    const gone = (how: string): void => {
      if (told) return
      told = true
      events.gone([how, said.trim()].filter((part) => part !== '').join(': '))
      resolve()
    }
    // Not `exit`: once it has closed, all that it said is here.
    child.once('close', (code, signal) => gone(signal ?? `exit code ${code}`))
    child.once('error', (error) => gone(error.message))
    child.on('message', (message) => {
      if (!told) events.message(message as WorkerMessage)
    })
  })
  return {
    // If the process has died, `gone` reports it.
    send: (message) => child.send(message, () => undefined),
    end: async () => {
      child.kill('SIGKILL')
      const giveUp = new AbortController()
      const overdue = setTimeout(longestEnd, undefined, { signal: giveUp.signal }).catch(() => undefined)
      await Promise.race([exited, overdue])
      giveUp.abort()
      // It must not keep the program alive.
      if (child.connected) child.disconnect()
      child.stderr?.destroy()
      child.unref()
    }
  }
}
