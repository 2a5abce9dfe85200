import { resolve } from 'node:path'
import { z } from 'zod'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import type { Log } from '../log/log.ts'
import { keptFile } from '../media/thumbnails.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { Bundle } from './bundle.ts'
import type { EngineLease, Inference } from './inference.ts'
import type { BundleReference, Lacking, PictureRow } from './operations.ts'
import type { PictureSource, Prediction } from './protocol.ts'
import { Recorder, termTable } from './recorder.ts'

const optionsSchema = z.object({ scope: z.enum(['missing', 'all']).default('missing') })

/** Pictures that a job reads from the catalogue at a time. */
const pageSize = 500
/** Larger originals, in pixels, are predicted from the catalogue's screen-size picture: the network sees no difference, memory does. */
const largestOriginal = 100_000_000
/** Names of changed objects are collected for this long, milliseconds; more of them than can be named are told as "the set". */
const publishAfter = 200
const mostNamed = 500
/** Errors that are no picture's fault: they end a job. */
const engineErrors = ['inference.broken', 'inference.closed']

/** Suggestions for the pictures of an open catalogue. */
export interface Predictions {
  /** Runs jobs of kind `predict` with the options `{ scope: 'missing' | 'all' }`. */
  readonly runner: JobRunner
  /**
   * Predicts an object's pictures that have no suggestions of the active bundle yet, before all others; resolves when they
   * are stored. While a job runs they belong to its run, otherwise to one run for everything that was looked at since the
   * catalogue was opened. Does nothing where no bundle can be used: the device report says so.
   */
  prioritise(objectId: number): Promise<void>
  /** Ends the run of pictures on screen and writes what is left. To be called before the catalogue closes, after its jobs. */
  close(): Promise<void>
}

export interface PredictionsOptions {
  readonly catalogue: Catalogue
  readonly inference: Pick<Inference, 'acquire'>
  readonly vocabulary: Pick<Vocabulary, 'has' | 'term'>
  readonly publish: (event: CoreEvent) => void
  readonly log: Log
}

/** Pictures of a job by what became of them; `fromScreen` counts those predicted from the catalogue's own picture. */
type Tally = { predicted: number; refused: number; fromScreen: number }

/** A run that results are written to now. */
interface OpenRun {
  readonly runId: number
  readonly lease: EngineLease
  readonly recorder: Recorder
  readonly lacking: Lacking
  readonly devices: Set<string>
  /** Pictures under way or done out of turn, so that a job does not predict them a second time. */
  readonly outOfTurn: Map<number, Promise<void>>
  /** Told of every picture that has its suggestions, in or out of turn; counts it once. */
  readonly onPredicted: (imageId: number) => void
}

export function createPredictions({ catalogue, inference, vocabulary, publish, log }: PredictionsOptions): Predictions {
  const changed = new Set<number>()
  let publishing: NodeJS.Timeout | undefined
  let job: OpenRun | null = null
  let screen: Promise<OpenRun> | null = null
  let closed = false

  function tell(): void {
    clearTimeout(publishing)
    publishing = undefined
    if (changed.size > 0) publish({ type: 'objects', ids: changed.size > mostNamed ? null : [...changed] })
    changed.clear()
  }

  function onStored(objectIds: readonly number[]): void {
    objectIds.forEach((id) => changed.add(id))
    publishing ??= setTimeout(tell, publishAfter)
  }

  async function beginRun(lease: EngineLease, jobId: number | null): Promise<number> {
    const bundle = referenceOf(lease.bundle)
    return await catalogue.write('beginRun', { bundle, device: lease.engine.provider, jobId, at: new Date().toISOString() })
  }

  function openRun(
    runId: number,
    lease: EngineLease,
    jobId: number | null,
    scope: 'missing' | 'all',
    onPredicted: OpenRun['onPredicted']
  ): OpenRun {
    const recorder = new Recorder(catalogue, termTable(lease.bundle.manifest, vocabulary), { runId, jobId }, onStored)
    const lacking: Lacking = scope === 'all' ? { by: 'run', runId } : { by: 'bundle', bundle: referenceOf(lease.bundle) }
    return { runId, lease, recorder, lacking, devices: new Set([lease.engine.provider]), outOfTurn: new Map(), onPredicted }
  }

  async function finishRun(run: OpenRun): Promise<void> {
    await run.recorder.flush()
    await catalogue.write('finishRun', { runId: run.runId, device: [...run.devices].join(', '), at: new Date().toISOString() })
  }

  function sourceOf(picture: PictureRow): PictureSource {
    const tooLarge = picture.pixels > largestOriginal
    return {
      originals: tooLarge ? [] : picture.originals.map((original) => resolve(catalogue.folder, original)),
      bytes: picture.bytes,
      pixels: picture.pixels,
      screen: keptFile(catalogue.folder, picture.sha256, 'screen')
    }
  }

  async function predict(run: OpenRun, picture: PictureRow, how: { urgent: boolean; signal?: AbortSignal }): Promise<Prediction> {
    const prediction = await run.lease.engine.predict(sourceOf(picture), how)
    run.devices.add(run.lease.engine.provider)
    run.recorder.add(picture, prediction)
    return prediction
  }

  async function runJob(context: JobContext, input: unknown): Promise<JobResult> {
    const { scope } = optionsSchema.parse(input ?? {})
    const lease = await inference.acquire()
    let run: OpenRun | null = null
    try {
      const bundle = referenceOf(lease.bundle)
      const before = await catalogue.read('predictJobSoFar', { jobId: context.jobId, bundle })
      const tally: Tally = { predicted: before.predicted, refused: before.refused, fromScreen: 0 }
      context.count('predicted', before.predicted, { resumed: true })
      context.count('refused', before.refused, { resumed: true })
      // A picture that comes on screen while the job is at it is predicted twice, stored once and counted once.
      const counted = new Set<number>()
      const countOnce = (imageId: number): void => {
        if (counted.has(imageId)) return
        counted.add(imageId)
        tally.predicted++
        context.count('predicted')
      }
      const runId = before.runId ?? (await beginRun(lease, context.jobId))
      run = job = openRun(runId, lease, context.jobId, scope, countOnce)
      const missing = await catalogue.read('countPicturesToPredict', { lacking: run.lacking, jobId: context.jobId })
      context.setTotal(tally.predicted + tally.refused + missing)
      await predictAll(run, context, tally)
      // Pictures that were imported or taken out meanwhile.
      context.setTotal(tally.predicted + tally.refused)
      await finishRun(run)
      tell()
      return { run: runId, ...tally }
    } finally {
      job = null
      lease.release()
      await run?.recorder.flush()
    }
  }

  /** Predicts every picture that lacks suggestions, as many at a time as the engine can use. */
  async function predictAll(run: OpenRun, context: JobContext, tally: Tally): Promise<void> {
    const stop = new AbortController()
    const signal = AbortSignal.any([context.signal, stop.signal])
    const underWay = new Set<Promise<void>>()
    let failure: unknown = null

    async function one(picture: PictureRow): Promise<void> {
      try {
        const outOfTurn = run.outOfTurn.get(picture.imageId)
        if (outOfTurn) return await outOfTurn
        if ((await predict(run, picture, { urgent: false, signal })).from === 'screen') tally.fromScreen++
        run.onPredicted(picture.imageId)
      } catch (error) {
        if (!(error instanceof AppError) || engineErrors.includes(error.code)) {
          failure ??= error
          stop.abort()
          return
        }
        log.warn({ image: picture.imageId, code: error.code, data: error.data }, 'picture not predicted')
        run.recorder.refuse(picture, error)
        tally.refused++
        context.count('refused')
      }
    }

    let after = 0
    let page: PictureRow[]
    do {
      page = await catalogue.read('picturesToPredict', { lacking: run.lacking, jobId: context.jobId, after, limit: pageSize })
      for (const picture of page) {
        after = picture.imageId
        while (!signal.aborted && underWay.size >= Math.max(4, 2 * run.lease.engine.capacity)) await Promise.race(underWay)
        if (signal.aborted) break
        await run.recorder.room()
        const work = one(picture).finally(() => underWay.delete(work))
        underWay.add(work)
      }
    } while (page.length === pageSize && !signal.aborted)
    await Promise.all(underWay)
    if (context.signal.aborted) throw new Cancelled()
    if (failure !== null) throw failure
  }

  /** The run of pictures on screen; a new one where the bundle is another than before. */
  async function screenRun(lease: EngineLease): Promise<OpenRun> {
    const before = await screen
    if (before?.lease.bundle.sha256 === lease.bundle.sha256 && before.lease.engine === lease.engine) {
      lease.release()
      return before
    }
    screen = beginRun(lease, null).then((runId) => openRun(runId, lease, null, 'missing', () => undefined))
    if (before) {
      await finishRun(before)
      before.lease.release()
    }
    return await screen
  }

  async function predictOutOfTurn(run: OpenRun, picture: PictureRow): Promise<void> {
    const known = run.outOfTurn.get(picture.imageId)
    if (known) return await known
    const work = predict(run, picture, { urgent: true }).then(() => run.onPredicted(picture.imageId))
    run.outOfTurn.set(picture.imageId, work)
    // The failure belongs to whoever asked; a job that meets the picture later tries it again and reports it.
    work.catch(() => run.outOfTurn.delete(picture.imageId))
    await work
  }

  async function prioritise(objectId: number): Promise<void> {
    const lease = await inference.acquire().catch((error: unknown) => {
      if (error instanceof AppError) return null
      throw error
    })
    if (!lease || closed) return lease?.release()
    const bundle = referenceOf(lease.bundle)
    const lacking: Lacking = job?.lacking ?? { by: 'bundle', bundle }
    const pictures = await catalogue.read('picturesOfObjectToPredict', { lacking, objectId })
    if (pictures.length === 0) return lease.release()
    let run = job
    if (run) lease.release()
    else run = await screenRun(lease)
    const outcomes = await Promise.allSettled(pictures.map((picture) => predictOutOfTurn(run, picture)))
    await run.recorder.flush()
    tell()
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected' && !(outcome.reason instanceof Cancelled)) throw outcome.reason
    }
  }

  return {
    runner: { kind: 'predict', run: runJob },
    prioritise,
    async close() {
      closed = true
      const run = await screen
      if (run) {
        await finishRun(run)
        run.lease.release()
      }
      tell()
    }
  }
}

function referenceOf(bundle: Bundle): BundleReference {
  return { bundleId: bundle.manifest.id, bundleVersion: bundle.manifest.version, bundleSha256: bundle.sha256 }
}
