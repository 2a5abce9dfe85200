import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import type { TrainerEnd } from './host.ts'

/** How long a program may take to end in good order after it was asked, and then after a signal, milliseconds. */
export interface Patience {
  readonly asked: number
  readonly signalled: number
}

/** A checkpoint of a large network on a slow disk takes its time. */
const defaultPatience: Patience = { asked: 60_000, signalled: 15_000 }

/** Where Fitxa itself ends, it is ended by its shell after ten seconds, and no program may outlive it: the checkpoint before has to do then. */
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

/**
 * Runs a program to its end, with a stdin that stays open as long as this process lives: when that closes, the program ends
 * itself. Aborted, its stdin is closed; if that does not end it, SIGTERM and at last SIGKILL follow, sooner where the reason of
 * `signal` is `interrupted`. Resolves once its pipes are empty, also where it could not be started (`lastLine` says why).
 */
export function runSubprocess(options: SubprocessOptions, signal: AbortSignal): Promise<TrainerEnd> {
  return new Promise((resolve) => {
    const child = spawn(options.program, options.arguments, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true
    })
    let lastLine = ''
    const timers: NodeJS.Timeout[] = []
    createInterface({ input: child.stdout }).on('line', options.onLine)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() !== '') lastLine = line.trim()
      options.onErrorLine(line)
    })
    const end = (): void => {
      const { asked, signalled } = options.patience ?? (signal.reason === 'interrupted' ? hurriedPatience : defaultPatience)
      child.stdin.end()
      timers.push(
        setTimeout(() => child.kill('SIGTERM'), asked),
        setTimeout(() => child.kill('SIGKILL'), asked + signalled)
      )
    }
    const finish = (code: number | null, killedBy: string | null): void => {
      signal.removeEventListener('abort', end)
      for (const timer of timers) clearTimeout(timer)
      resolve({ code, signal: killedBy, detached: false, lastLine })
    }
    // A program that has ended already closes its stdin first; its exit says the rest.
    child.stdin.on('error', () => undefined)
    child.once('error', (error) => {
      lastLine = error.message
      finish(null, null)
    })
    child.once('close', finish)
    if (child.pid !== undefined) beModest(child.pid)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** The person goes on working meanwhile. Where the system does not allow it, it runs as it is. */
function beModest(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return
  }
}
