import { availableParallelism } from 'node:os'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { entryFile } from '../entries.ts'
import type { Examined, ExamineTask } from './examine.ts'
import type { FullTask } from './full.ts'
import type { MediaAnswers } from './messages.ts'
import { createPool, WorkerDied } from './pool.ts'

/** Work on picture files: threads that hash, read metadata and draw, as many as there are cores. */
export interface Media {
  /** Files that are worth having in hand at once. */
  readonly width: number
  /** Starts the threads; settles once they can work. Without it they start with the first file. */
  ready(): Promise<void>
  /** Examines a file. One that brings a thread down is tried once more in a process of its own and then refused. */
  examine(task: ExamineTask): Promise<Examined>
  /** Examines a file under suspicion in a process of its own, away from the others. */
  examineApart(task: ExamineTask): Promise<Examined>
  /** The file that shows an original at full size; goes before everything that waits. */
  prepareFull(task: FullTask): Promise<MediaAnswers['full']>
  /** A small JPEG of a file that is not imported; null where it cannot be shown, whatever the reason. */
  preview(path: string): Promise<Uint8Array | null>
  close(): Promise<void>
}

export interface MediaOptions {
  readonly threads?: number
  /** Program of the workers; the tests give one that crashes. */
  readonly file?: string
}

const idleAfter = 30_000

export function createMedia({ threads = availableParallelism(), file = entryFile('media-thread') }: MediaOptions = {}): Media {
  const pool = createPool({ file, size: threads, held: 2, as: 'threads', idleAfter })
  const apart = createPool({ file, size: 1, held: 1, as: 'processes', idleAfter })

  async function examineApart(task: ExamineTask): Promise<Examined> {
    try {
      return await apart.run({ kind: 'examine', task })
    } catch (error) {
      throw error instanceof WorkerDied ? new AppError('import.crashed', { file: task.file }, error) : error
    }
  }

  return {
    width: threads * 2,
    ready: async () => {
      await Promise.all(Array.from({ length: threads }, () => pool.run({ kind: 'ready' })))
    },
    examine: async (task) => {
      try {
        return await pool.run({ kind: 'examine', task })
      } catch (error) {
        if (error instanceof WorkerDied) return await examineApart(task)
        throw error
      }
    },
    examineApart,
    prepareFull: async (task) => {
      try {
        return await pool.run({ kind: 'full', task }, true)
      } catch (error) {
        throw error instanceof WorkerDied ? new AppError('import.crashed', { file: task.path }, error) : error
      }
    },
    preview: async (path) => {
      try {
        return await pool.run({ kind: 'preview', task: { path } })
      } catch (error) {
        if (error instanceof Cancelled) throw error
        // What is wrong with the file is said by its import; a trial only goes without the picture.
        return null
      }
    },
    close: async () => {
      await Promise.all([pool.close(), apart.close()])
    }
  }
}
