import { AppError, Cancelled } from '../../../shared/errors.ts'

/** How long the file system may take for one answer, milliseconds. A network share that is gone never answers. */
export const longestAnswer = 60_000

/**
 * What `work`, a question to the file system about `folder`, gives. A call into the system cannot be ended; it is only waited for no
 * longer. @throws Cancelled once `signal` is aborted; AppError `import.folderStalled` after a minute without an answer
 */
export async function answering<T>(work: Promise<T>, folder: string, signal: AbortSignal | null): Promise<T> {
  let end = (): void => undefined
  const tooLong = new Promise<never>((_, reject) => {
    const abort = (): void => reject(new Cancelled())
    const timer = setTimeout(() => reject(new AppError('import.folderStalled', { folder })), longestAnswer)
    signal?.addEventListener('abort', abort, { once: true })
    end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    end()
    // Whatever comes of it later concerns nobody any more.
    work.catch(() => undefined)
  }
}
