import { setTimeout as wait } from 'node:timers/promises'
import { AppError, Cancelled } from '../../../../shared/errors.ts'
import { connect, type Connection, type Machine } from './connection.ts'
import { mayPass } from './failure.ts'

/** When to reconnect after a lost connection. All times in milliseconds. */
export interface Patience {
  /** The first pause; each further one is twice as long, up to `longest`. */
  readonly shortest: number
  readonly longest: number
  /** How long to retry before the error is thrown. */
  readonly total: number
  /** Whether to retry the first connection too; if not, its error is thrown at once. */
  readonly known: boolean
}

/** For work that a person waits for: a quarter of an hour. */
export const whileSending: Patience = { shortest: 1000, longest: 30_000, total: 15 * 60_000, known: false }

/** After a connection that lasted this long, the pauses start again from the first. */
const goodConnection = 30_000

/**
 * Calls `work` with a connection. If the connection is lost, reconnects and calls `work` again, which must resume where it stopped.
 * Permanent errors are thrown at once.
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

/** Whether an error is due to the connection, so that the work can be resumed later. */
export function isLineProblem(error: unknown): error is AppError {
  return error instanceof AppError && mayPass(error)
}
