import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { JobRunner } from '../jobs/runner.ts'
import type { Log } from '../log/log.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { createChangedObjects } from './changed-objects.ts'
import type { EngineLease, Inference } from './inference.ts'
import type { PictureRow } from './operations.ts'
import { runPredictJob } from './predict-job.ts'
import { bringInRun, runFileWork } from './run-file/bring-in.ts'
import { referenceOf, type PredictionRun, type RunParts } from './prediction-run.ts'
import { createScreenRun } from './screen-run.ts'

/** Suggestions for the pictures of an open catalogue. */
export interface Predictions {
  /** Runs jobs of kind `predict` with the options `{ scope: 'missing' | 'all' }`, or `{ runFile }` for suggestions made elsewhere. */
  readonly runner: JobRunner
  /**
   * Predicts an object's pictures that have no suggestions of the active bundle yet, before all others; resolves when they
   * are stored. While a job runs they belong to its run, otherwise to one run for everything that was looked at since the
   * catalogue was opened. Does nothing if no bundle can be used: the device report says so.
   */
  prioritise(objectId: number): Promise<void>
  /**
   * Ends the run of pictures on screen and writes what is left. Call after the jobs are closed and before the catalogue is. The
   * engine is released in any case; rejects if something could not be stored.
   */
  close(): Promise<void>
}

export interface PredictionsOptions {
  readonly catalogue: Catalogue
  readonly inference: Pick<Inference, 'acquire'>
  readonly vocabulary: Pick<Vocabulary, 'has' | 'term'>
  readonly publish: (event: CoreEvent) => void
  readonly log: Log
}

export function createPredictions({ catalogue, inference, vocabulary, publish, log }: PredictionsOptions): Predictions {
  const changed = createChangedObjects(publish)
  const parts: RunParts = { catalogue, vocabulary, onStored: (ids) => changed.add(ids) }
  const screen = createScreenRun(parts, log)
  let job: PredictionRun | null = null
  let closed = false

  /** The pictures of an object to predict now, and the run to which they belong; null if there is nothing to do. */
  async function workOn(objectId: number): Promise<{ run: PredictionRun; pictures: PictureRow[] } | null> {
    const lease = await acquireIfAny(inference)
    if (lease === null) return null
    let isOurs = true
    try {
      if (closed) return null
      const lacking = job?.lacking ?? { by: 'bundle', bundle: referenceOf(lease.bundle) }
      const pictures = await catalogue.read('picturesOfObjectToPredict', { lacking, objectId })
      if (pictures.length === 0) return null
      if (job !== null) return { run: job, pictures }
      isOurs = false
      return { run: await screen.take(lease), pictures }
    } finally {
      if (isOurs) lease.release()
    }
  }

  return {
    runner: {
      kind: 'predict',
      async run(context, options) {
        const runFile = runFileWork(options)
        const result =
          runFile !== null
            ? await bringInRun({ catalogue, vocabulary, onStored: parts.onStored }, context, runFile)
            : await runPredictJob({ ...parts, inference, log, opened: (run) => (job = run) }, context, options)
        changed.tell()
        return result
      }
    },
    async prioritise(objectId) {
      const work = await workOn(objectId)
      if (work === null) return
      const { run, pictures } = work
      const outcomes = await Promise.allSettled(pictures.map((picture) => run.predictOutOfTurn(picture)))
      try {
        await run.flush()
      } catch (error) {
        await screen.giveUp(run)
        throw error
      }
      changed.tell()
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected' && !(outcome.reason instanceof Cancelled)) throw outcome.reason
      }
    },
    async close() {
      closed = true
      try {
        await screen.close()
      } finally {
        changed.tell()
      }
    }
  }
}

/** The engine, or null if nothing can predict: the device report says why. */
async function acquireIfAny(inference: Pick<Inference, 'acquire'>): Promise<EngineLease | null> {
  try {
    return await inference.acquire()
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
