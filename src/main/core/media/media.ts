import { availableParallelism } from 'node:os'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { ErrorCode } from '../../../shared/locales/error-tables.ts'
import { entryFile } from '../entries.ts'
import type { Examined, ExamineTask } from './examine.ts'
import type { FullTask } from './full.ts'
import type { MediaAnswers } from './messages.ts'
import { createHeavyGate } from './heavy.ts'
import { createPool, WorkerFailed, type Failure } from './pool.ts'

/** Processes that hash picture files, read their metadata and draw them; one per core. */
export interface Media {
  /** Number of files that keep all processes busy. */
  readonly width: number
  /** Starts the processes; settles once they can work. Without it they start with the first file. */
  ready(): Promise<void>
  /**
   * Examines a file. If a process dies on it, it is tried once more in a separate process; if it takes too long or too much memory,
   * it is refused. `signal` cancels it. Where no process can be started, AppError `media.notStarted`: no file is at fault.
   */
  examine(task: ExamineTask, signal?: AbortSignal): Promise<Examined>
  /** Examines a suspect file in a separate process. */
  examineApart(task: ExamineTask, signal?: AbortSignal): Promise<Examined>
  /** The file that shows an original at full size; takes precedence over waiting requests. */
  prepareFull(task: FullTask): Promise<MediaAnswers['full']>
  /** A small JPEG of a file that is not imported; null if it cannot be shown, whatever the reason. */
  preview(path: string): Promise<Uint8Array | null>
  close(): Promise<void>
}

export interface MediaOptions {
  readonly threads?: number
  /** Program of the processes; the tests give one that crashes or hangs. */
  readonly file?: string
  /** One second of the clock that judges them, in milliseconds; tests have a faster one. */
  readonly second?: number
  /** Told how a process ended that was not asked to, and what it said last. */
  readonly onDeath?: (how: string) => void
}

const idleAfter = 30_000

export function createMedia({
  threads = availableParallelism(),
  file = entryFile('media-process'),
  second = 1000,
  onDeath = () => undefined
}: MediaOptions = {}): Media {
  const gate = createHeavyGate()
  const pool = createPool({ file, size: threads, held: 2, apart: false, gate, idleAfter, second, onDeath })
  const apart = createPool({ file, size: 1, held: 1, apart: true, gate, idleAfter, second, onDeath })

  async function examineApart(task: ExamineTask, signal?: AbortSignal): Promise<Examined> {
    try {
      return await apart.run({ kind: 'examine', task }, { signal })
    } catch (error) {
      throw error instanceof WorkerFailed ? setAside(error, task.file) : error
    }
  }

  return {
    width: threads * 2,
    ready: async () => {
      await Promise.all(Array.from({ length: threads }, () => pool.run({ kind: 'ready' })))
    },
    examine: async (task, signal) => {
      try {
        return await pool.run({ kind: 'examine', task }, { signal })
      } catch (error) {
        if (!(error instanceof WorkerFailed)) throw error
        // The process may have died for another reason: only a file that also kills a separate process is at fault. A timeout is
        // final.
        if (error.failure === 'died') return await examineApart(task, signal)
        throw setAside(error, task.file)
      }
    },
    examineApart,
    prepareFull: async (task) => {
      try {
        return await pool.run({ kind: 'full', task }, { first: true })
      } catch (error) {
        throw error instanceof WorkerFailed ? setAside(error, task.path) : error
      }
    },
    preview: async (path) => {
      try {
        return await pool.run({ kind: 'preview', task: { path } })
      } catch (error) {
        if (error instanceof Cancelled) throw error
        // The import will report what is wrong with the file; a trial just has no picture.
        return null
      }
    },
    close: async () => {
      await Promise.all([pool.close(), apart.close()])
    }
  }
}

const setAsideCodes: Readonly<Record<Failure, ErrorCode>> = {
  died: 'import.crashed',
  stalled: 'import.stalled',
  slow: 'import.tooSlow',
  overfull: 'import.tooMuchMemory'
}

function setAside(error: WorkerFailed, file: string): AppError {
  return new AppError(setAsideCodes[error.failure], { file }, error)
}
