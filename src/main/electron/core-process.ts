import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { delayAfterCrash } from './restart-policy.ts'

/** How the core is started: by plain Node, never by Electron (sharp crashes inside Electron on Linux). */
export interface CoreStart {
  readonly node: string
  readonly entry: string
  readonly configuration: Record<string, unknown>
  readonly onGivenUp: () => void
}

/** The running core as the shell sees it. */
export interface CoreProcess {
  /** The pipe of the running core. Waits while the core starts; rejects once the core has ended or will not be restarted. */
  pipe(): Promise<string>
  /** Asks the core to end (it closes its catalogue), and kills it after ten seconds. */
  end(): Promise<void>
}

const patience = 10_000

/** A small young generation in each thread keeps the idle core well under 200 MB (scripts/setup/process.js has the same). */
const coreFlags = ['--max-semi-space-size=4']

async function makePipe(): Promise<{ pipe: string; folder: string | null }> {
  if (process.platform === 'win32') return { pipe: `\\\\.\\pipe\\fitxa-${process.pid}-${Date.now().toString(36)}`, folder: null }
  // mkdtemp creates a folder that only this user can enter.
  const folder = await mkdtemp(join(tmpdir(), 'fitxa-'))
  return { pipe: join(folder, 'core.sock'), folder }
}

/** Resolves when the core reports that it listens; rejects if it ends first. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the core ended with code ${code} before it was ready`)))
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).once('line', () => resolve())
  })
}

/** Starts the core and restarts it after crashes, with growing pauses, until the restart policy gives up. */
export function startCoreProcess({ node, entry, configuration, onGivenUp }: CoreStart): CoreProcess {
  const crashes: number[] = []
  let child: ChildProcess | null = null
  let tidied: Promise<void> = Promise.resolve()
  let ending = false
  let running: Promise<string>

  const observe = (promise: Promise<string>): Promise<string> => {
    // The rejection reaches every later caller of `pipe`; at this moment there may be none.
    promise.catch(() => undefined)
    return promise
  }

  const start = async (): Promise<string> => {
    const { pipe, folder } = await makePipe()
    const started = spawn(node, [...coreFlags, entry], {
      stdio: ['pipe', 'pipe', 'inherit'],
      windowsHide: true,
      env: { ...process.env, MALLOC_ARENA_MAX: '2', FITXA_CORE: JSON.stringify({ ...configuration, pipe }) }
    })
    child = started
    let wasReady = false
    started.once('exit', () => {
      if (folder !== null) tidied = rm(folder, { recursive: true, force: true })
      if (!ending && wasReady) running = observe(restart())
    })
    await ready(started)
    wasReady = true
    return pipe
  }

  const restart = async (): Promise<string> => {
    const delay = delayAfterCrash(crashes, Date.now())
    crashes.push(Date.now())
    if (delay === null || ending) {
      if (!ending) onGivenUp()
      throw new Error('the core is not running')
    }
    await new Promise((resolve) => setTimeout(resolve, delay))
    return start().catch(restart)
  }

  running = observe(start().catch(restart))
  return {
    pipe: () => observe(running),
    end: async () => {
      ending = true
      const last = child
      if (last === null || last.exitCode !== null || last.signalCode !== null) return
      const exited = once(last, 'exit')
      // The core ends by itself when its standard input closes, as it would if this process died.
      last.stdin?.end()
      const timer = setTimeout(() => last.kill('SIGKILL'), patience)
      await exited
      clearTimeout(timer)
      await tidied
    }
  }
}
