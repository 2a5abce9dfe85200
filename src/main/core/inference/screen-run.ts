import { createTurns } from '../lib/in-turn.ts'
import { logFailure, type Log } from '../log/log.ts'
import type { EngineLease } from './inference.ts'
import { PredictionRun, type RunParts } from './prediction-run.ts'

/** The run of pictures that are looked at while no job runs: one for as long as the bundle and its engine stay the same. */
export interface ScreenRun {
  /** The run for a bundle, started if there is none. The run takes over the lease, even if it fails. */
  take(lease: EngineLease): Promise<PredictionRun>
  /** Drops a run that could not store something; the next picture starts another. */
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

  /** Results that an ending run could not store are computed again when its pictures are shown; the next run can start. */
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
