import { z } from 'zod'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { JobContext, JobResult } from '../jobs/runner.ts'
import { logFailure, type Log } from '../log/log.ts'
import type { Inference } from './inference.ts'
import type { PictureRow } from './operations.ts'
import { PredictionRun, referenceOf, type RunParts } from './prediction-run.ts'

const optionsSchema = z.object({ scope: z.enum(['missing', 'all']).default('missing') })

/** Pictures that a job reads from the catalogue at a time. */
const pageSize = 500
/** Errors that no picture causes: they end a job. */
const engineErrors = ['inference.broken', 'inference.closed']

export interface PredictJobParts extends RunParts {
  readonly inference: Pick<Inference, 'acquire'>
  readonly log: Log
  /** Called with the open run, so that pictures on screen become part of it; null when it ends. */
  readonly opened: (run: PredictionRun | null) => void
}

/** Pictures of a job by what became of them; `fromScreen` counts those predicted from the catalogue's own picture. */
type Tally = { predicted: number; refused: number; fromScreen: number }

/** Predicts all pictures that lack suggestions, as a job. One that was interrupted continues its run. */
export async function runPredictJob(parts: PredictJobParts, context: JobContext, input: unknown): Promise<JobResult> {
  const { catalogue, inference, log, opened } = parts
  const { scope } = optionsSchema.parse(input ?? {})
  const lease = await inference.acquire(context.signal)
  let run: PredictionRun | null = null
  try {
    const before = await catalogue.read('predictJobSoFar', { jobId: context.jobId, bundle: referenceOf(lease.bundle) })
    const tally: Tally = { predicted: before.predicted, refused: before.refused, fromScreen: 0 }
    context.count('predicted', before.predicted, { resumed: true })
    context.count('refused', before.refused, { resumed: true })
    run = await PredictionRun.begin(parts, {
      lease,
      jobId: context.jobId,
      runId: before.runId ?? undefined,
      scope,
      onPredicted: countOnce(context, tally)
    })
    opened(run)
    const missing = await catalogue.read('countPicturesToPredict', { lacking: run.lacking, jobId: context.jobId })
    context.setTotal(tally.predicted + tally.refused + missing)
    await predictAll(parts, run, context, tally)
    // Pictures that were imported or removed in the meantime.
    context.setTotal(tally.predicted + tally.refused)
    await run.finish()
    return { run: run.runId, ...tally }
  } finally {
    opened(null)
    lease.release()
    // If the job ends early, its results are stored too. A failure to do so has already ended the job, or is logged.
    await run?.flush().catch((error: unknown) => logFailure(log, error, 'suggestions not stored'))
  }
}

/** A picture shown while the job is predicting it is predicted twice, stored once and counted once. */
function countOnce(context: JobContext, tally: Tally): (imageId: number) => void {
  const counted = new Set<number>()
  return (imageId) => {
    if (counted.has(imageId)) return
    counted.add(imageId)
    tally.predicted++
    context.count('predicted')
  }
}

/** Predicts every picture that lacks suggestions, as many at a time as the engine can use. */
async function predictAll({ catalogue, log }: PredictJobParts, run: PredictionRun, context: JobContext, tally: Tally): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const underWay = new Set<Promise<void>>()
  let failure: unknown = null

  function fail(error: unknown): void {
    failure ??= error
    stop.abort()
  }

  async function one(picture: PictureRow): Promise<void> {
    try {
      const outOfTurn = run.underWay(picture.imageId)
      if (outOfTurn) return await outOfTurn
      if ((await run.predict(picture, { urgent: false, signal })).from === 'screen') tally.fromScreen++
    } catch (error) {
      if (!(error instanceof AppError) || engineErrors.includes(error.code)) return fail(error)
      log.warn({ image: picture.imageId, code: error.code, data: error.data }, 'picture not predicted')
      run.refuse(picture, error)
      tally.refused++
      context.count('refused')
    }
  }

  async function begin(picture: PictureRow): Promise<void> {
    while (!signal.aborted && underWay.size >= Math.max(4, 2 * run.lease.engine.capacity)) await Promise.race(underWay)
    await run.room()
    if (signal.aborted) return
    const work = one(picture).finally(() => underWay.delete(work))
    underWay.add(work)
  }

  async function beginAll(): Promise<void> {
    let after = 0
    let page: PictureRow[]
    do {
      page = await catalogue.read('picturesToPredict', { lacking: run.lacking, jobId: context.jobId, after, limit: pageSize })
      for (const picture of page) {
        after = picture.imageId
        await begin(picture)
        if (signal.aborted) return
      }
    } while (page.length === pageSize)
  }

  await beginAll().catch(fail)
  await Promise.all(underWay)
  if (context.signal.aborted) throw new Cancelled()
  if (failure !== null) throw failure
}
