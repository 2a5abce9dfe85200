import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import type { TrainerEnd } from './host.ts'

/** How long a program may take to end cleanly after it was asked, and then after a signal, milliseconds. */
export interface Patience {
  readonly asked: number
  readonly signalled: number
}

/** A checkpoint of a large network on a slow disk takes long. */
const defaultPatience: Patience = { asked: 60_000, signalled: 15_000 }

/** When Fitxa ends, its shell kills it after ten seconds, and no program may outlive it: the previous checkpoint must do. */
const hurriedPatience: Patience = { asked: 6000, signalled: 2000 }

export interface SubprocessOptions {
  readonly program: string
  readonly arguments: readonly string[]
  readonly cwd?: string
  readonly env: NodeJS.ProcessEnv
  readonly onLine: (line: string) => void
  readonly onErrorLine: (line: string) => void
  readonly patience?: Patience
}

/** The end of a program. */
export interface SubprocessEnd extends TrainerEnd {
  /** The system's code (`ENOENT`, …) where the program could not be started at all. */
  readonly failure: string | null
}

/** What asks a program to stop, on its stdin (`fitxa_trainer/parent.py`). */
const stopWord = 'stop\n'

/**
 * Runs a program to its end. Its stdin stays open as long as this process lives: when it closes, the program ends itself.
 * Aborted, the program is asked to stop by a word on its stdin; if that does not end it, SIGTERM and at last SIGKILL follow,
 * sooner where the reason of `signal` is `interrupted`. Resolves once the pipes are empty, also where the program could not be
 * started.
 */
export function runSubprocess(options: SubprocessOptions, signal: AbortSignal): Promise<SubprocessEnd> {
  return new Promise((resolve) => {
    let child: ChildProcessWithoutNullStreams
    try {
      child = spawn(options.program, options.arguments, { cwd: options.cwd, env: options.env, windowsHide: true })
    } catch (error) {
      // Node throws for a path that no system takes (too long, with a NUL) and reports everything else by an event.
      return resolve(notStarted(error as NodeJS.ErrnoException))
    }
    let lastLine = ''
    const timers: NodeJS.Timeout[] = []
    createInterface({ input: child.stdout }).on('line', options.onLine)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() !== '') lastLine = line.trim()
      options.onErrorLine(line)
    })
    const stop = (): void => {
      const { asked, signalled } = options.patience ?? (signal.reason === 'interrupted' ? hurriedPatience : defaultPatience)
      child.stdin.write(stopWord)
      timers.push(
        setTimeout(() => child.kill('SIGTERM'), asked),
        setTimeout(() => child.kill('SIGKILL'), asked + signalled)
      )
    }
    const finish = (end: SubprocessEnd): void => {
      signal.removeEventListener('abort', stop)
      for (const timer of timers) clearTimeout(timer)
      resolve(end)
    }
    // A program that is ending closes its stdin first; its exit gives the details.
    child.stdin.on('error', () => undefined)
    child.once('error', (error) => finish(notStarted(error)))
    child.once('close', (code, killedBy) => finish({ code, signal: killedBy, detached: false, lastLine, failure: null }))
    if (child.pid !== undefined) beModest(child.pid)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

function notStarted({ message, code }: NodeJS.ErrnoException): SubprocessEnd {
  return { code: null, signal: null, detached: false, lastLine: message, failure: code ?? '' }
}

/** Low priority, because the person keeps working. If the system does not allow it, the priority stays. */
function beModest(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return
  }
}
