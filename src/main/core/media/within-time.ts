import { createContext, Script } from 'node:vm'

/** A context in which a call can be interrupted, and the call. */
const room: { work: () => unknown } = createContext({ work: () => undefined }) as { work: () => unknown }
const call = new Script('work()')

/**
 * Runs synchronous JavaScript and ends it after a time, in milliseconds. Native code is not interrupted.
 * @returns what `work` returns, or null if its time was over
 */
export function withinTime<T>(work: () => T, milliseconds: number): T | null {
  room.work = work
  try {
    return call.runInContext(room, { timeout: milliseconds }) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
    throw error
  } finally {
    room.work = () => undefined
  }
}
