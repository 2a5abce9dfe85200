import { setTimeout as wait } from 'node:timers/promises'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import { connect, type Connection, type Machine } from './connection.ts'
import { mayPass } from './failure.ts'

/** When to connect again after the line broke. All times in milliseconds. */
export interface Patience {
  /** The first pause; each further one is twice as long, up to `longest`. */
  readonly shortest: number
  readonly longest: number
  /** How long to go on without a connection before the error is told. */
  readonly total: number
  /** Whether the very first connection may fail too; if not, its error is told at once. */
  readonly known: boolean
}

/** For what a person waits for: a quarter of an hour. */
export const whileSending: Patience = { shortest: 1000, longest: 30_000, total: 15 * 60_000, known: false }

/** A connection that held so long was a good one: the pauses begin anew. */
const goodConnection = 30_000

/**
 * Does `work` over a connection and, when the line breaks, connects again and calls `work` again, which is to resume where it stopped.
 * Errors that time does not heal are thrown at once.
 * @param connected told false when the line breaks and true when it is there again
 */
export async function overConnection<T>(
  machine: Machine,
  patience: Patience,
  connected: (connected: boolean) => void,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>
): Promise<T> {
  let pause = patience.shortest
  let broken: number | null = null
  let known = patience.known
  for (;;) {
    const begun = Date.now()
    try {
      const connection = await connect(machine, signal)
      known = true
      if (broken !== null) connected(true)
      broken = null
      try {
        return await work(connection)
      } finally {
        await connection.close()
      }
    } catch (error) {
      if (signal.aborted) throw new Cancelled()
      if (!mayPass(error) || !known) throw error
      if (broken === null) connected(false)
      broken ??= Date.now()
      if (Date.now() - broken > patience.total) throw error
    }
    if (Date.now() - begun > goodConnection) pause = patience.shortest
    await wait(pause, null, { signal }).catch((cause: unknown) => {
      throw signal.aborted ? new Cancelled() : cause
    })
    pause = Math.min(pause * 2, patience.longest)
  }
}

/** Whether an error says that the line is at fault; what has been done so far can be gone on with later. */
export function isLineProblem(error: unknown): error is AppError {
  return error instanceof AppError && mayPass(error)
}
