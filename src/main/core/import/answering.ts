import { AppError, Cancelled } from '../../../shared/errors.ts'

/** How long the file system may take to respond, milliseconds. A disconnected network share never responds. */
export const longestAnswer = 60_000

/**
 * Returns the result of `work`, a file system call about `folder`. A system call cannot be cancelled; after a minute, or once `signal`
 * is aborted, it is no longer awaited. @throws Cancelled if aborted; AppError `import.folderStalled` after a minute
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
    // A later result is ignored.
    work.catch(() => undefined)
  }
}
