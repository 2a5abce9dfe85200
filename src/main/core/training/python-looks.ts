import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Cancelled } from '../../../shared/errors.ts'
import { checkPython, requirementLists, type TrainerFolder, type UsablePython } from './python.ts'

/** Checks Pythons. A check takes seconds, so its result is cached until something it depends on changes. */
export interface PythonLooks {
  /** As checkPython. Concurrent callers share one check, which ends when nobody waits for it. */
  check(python: string, signal: AbortSignal): Promise<UsablePython>
  /** Ends running checks. */
  close(): void
}

interface Look {
  readonly answer: Promise<UsablePython>
  readonly stop: AbortController
  waiting: number
}

export function createPythonLooks(trainer: TrainerFolder, look = checkPython): PythonLooks {
  const known = new Map<string, { readonly stamp: string; readonly found: UsablePython }>()
  const underWay = new Map<string, Look>()

  /** Changes whenever one of the files or the trainer's requirements change. */
  async function stampOf(files: readonly string[]): Promise<string> {
    const lists = requirementLists.map((name) => readFile(join(trainer.folder, name), 'utf8'))
    const times = files.map((file) =>
      stat(file).then(
        ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
        () => 'none'
      )
    )
    return JSON.stringify(await Promise.all([...times, ...lists]))
  }

  async function lookNow(python: string, signal: AbortSignal): Promise<UsablePython> {
    const before = known.get(python)
    if (before !== undefined && (await stampOf(before.found.files)) === before.stamp) return before.found
    known.delete(python)
    const found = await look(python, trainer, signal)
    known.set(python, { stamp: await stampOf(found.files), found })
    return found
  }

  function shareLook(python: string): Look {
    const running = underWay.get(python)
    if (running !== undefined) return running
    const stop = new AbortController()
    const answer = lookNow(python, stop.signal).finally(() => {
      if (underWay.get(python)?.stop === stop) underWay.delete(python)
    })
    // A caller that has left must not see the failure as an unhandled rejection.
    answer.catch(() => undefined)
    const begun: Look = { answer, stop, waiting: 0 }
    underWay.set(python, begun)
    return begun
  }

  function leave(python: string, left: Look): void {
    if (--left.waiting > 0 || underWay.get(python) !== left) return
    underWay.delete(python)
    left.stop.abort()
  }

  return {
    async check(python, signal) {
      if (signal.aborted) throw new Cancelled()
      const shared = shareLook(python)
      shared.waiting++
      let gone = (): void => undefined
      const cancelled = new Promise<never>((_, reject) => {
        gone = () => reject(new Cancelled())
        signal.addEventListener('abort', gone, { once: true })
      })
      try {
        return await Promise.race([shared.answer, cancelled])
      } finally {
        signal.removeEventListener('abort', gone)
        leave(python, shared)
      }
    },
    close() {
      for (const { stop } of underWay.values()) stop.abort()
    }
  }
}
