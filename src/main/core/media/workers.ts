import { fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { OwnerMessage, WorkerMessage } from './messages.ts'

/** A process that works on media requests and may die without harm. */
export interface MediaWorker {
  send(message: OwnerMessage): void
  /** Ends it, whatever it is at; settles once it is gone, or once it is clear that the system does not let go of it. */
  end(): Promise<void>
}

/** What the owner wants to hear of a worker; `gone` comes exactly once, whatever the cause. */
export interface WorkerEvents {
  message(message: WorkerMessage): void
  gone(): void
}

/** Pixels live outside the heap; the heap holds little more than metadata, and its limit ends what would fill the machine. */
const execArgv = ['--max-old-space-size=400', '--max-semi-space-size=4']

/** A process that hangs in the system (a dead network share) is given up after this time, in milliseconds. */
const longestEnd = 2000

/** Starts a worker; `apart` tells it that it is there for a file under suspicion. */
export function startWorker(file: string, apart: boolean, events: WorkerEvents): MediaWorker {
  const args = apart ? ['apart'] : []
  const child = fork(file, args, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv })
  let told = false
  const exited = new Promise<void>((resolve) => {
    const gone = (): void => {
      if (told) return
      told = true
      events.gone()
      resolve()
    }
    child.once('exit', gone)
    child.once('error', gone)
    child.on('message', (message) => {
      if (!told) events.message(message as WorkerMessage)
    })
  })
  return {
    // A process that has died meanwhile is reported by `gone`.
    send: (message) => child.send(message, () => undefined),
    end: async () => {
      child.kill('SIGKILL')
      const giveUp = new AbortController()
      const overdue = setTimeout(longestEnd, undefined, { signal: giveUp.signal }).catch(() => undefined)
      await Promise.race([exited, overdue])
      giveUp.abort()
      // Nothing of it may keep the program alive.
      if (child.connected) child.disconnect()
      child.unref()
    }
  }
}
