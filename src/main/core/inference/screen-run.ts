import { createTurns } from '../lib/in-turn.ts'
import { logFailure, type Log } from '../log/log.ts'
import type { EngineLease } from './inference.ts'
import { PredictionRun, type RunParts } from './prediction-run.ts'

/** The run of pictures that are looked at while no job runs: one for as long as the bundle and its engine stay the same. */
export interface ScreenRun {
  /** The run for a bundle, begun if there is none. The lease is this run's from now on, also if it fails. */
  take(lease: EngineLease): Promise<PredictionRun>
  /** Gives up a run that could not store something; the next picture begins another. */
  giveUp(run: PredictionRun): Promise<void>
  /** Ends the run. Rejects with what could not be stored; the engine is released in any case. */
  close(): Promise<void>
}

export function createScreenRun(parts: RunParts, log: Log): ScreenRun {
  const inTurn = createTurns()
  let current: PredictionRun | null = null

  async function end(): Promise<void> {
    const run = current
    if (run === null) return
    current = null
    try {
      await run.finish()
    } finally {
      run.lease.release()
    }
  }

  /** What a run that ends could not store is found again when its pictures are looked at: it keeps nobody from the next run. */
  const endAside = (): Promise<void> => end().catch((error: unknown) => void logFailure(log, error, 'end of the run of pictures on screen'))

  return {
    take: (lease) =>
      inTurn(async () => {
        const fits = current?.lease.bundle.sha256 === lease.bundle.sha256 && current.lease.engine === lease.engine
        if (current !== null && fits && !current.failed) {
          lease.release()
          return current
        }
        await endAside()
        try {
          current = await PredictionRun.begin(parts, { lease, jobId: null, scope: 'missing' })
          return current
        } catch (error) {
          lease.release()
          throw error
        }
      }),
    giveUp: (run) =>
      inTurn(async () => {
        if (run === current) await endAside()
      }),
    close: () => inTurn(end)
  }
}
