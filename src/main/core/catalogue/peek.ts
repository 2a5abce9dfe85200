import { endsWithin } from '../lib/end-all.ts'
import { startDatabaseThread } from './database-thread.ts'

/** How long a catalogue that is not open may take to answer, milliseconds, so that an unresponsive disk blocks nobody. */
const patience = 5000

/**
 * Reads from a catalogue that this program does not have open, as last stored, even after a crash. Nothing is
 * migrated or repaired; null if the catalogue cannot be read as it is.
 */
export async function peek(folder: string, operation: string): Promise<unknown> {
  const reader = startDatabaseThread({ role: 'reader', folder, make: null }, { answered: () => undefined, problem: () => undefined })
  let answer: unknown = null
  const reading = reader.open().then(async () => void (answer = await reader.call(operation, undefined)))
  try {
    return (await endsWithin(reading, patience)) ? answer : null
  } catch {
    return null
  } finally {
    // Nothing waits for a thread that hangs in a system call.
    void reader.close().catch(() => undefined)
  }
}
