import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { isErrorCode } from '../../../shared/locales/errors.ts'
import type { BundleReference } from '../../../shared/model/model.ts'
import { trainingRequestSchema, type TrainingState } from '../../../shared/model/training.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Bundle } from '../inference/bundle.ts'
import type { JobContext, JobResult, JobRunner } from '../jobs/runner.ts'
import { exists } from '../lib/exists.ts'
import { logBug, type Log } from '../log/log.ts'
import { annotationsFile, writeTrainingData, type DataParts } from './data.ts'
import { installBundle, type InstallParts } from './install.ts'
import type { TrainerMessage } from './messages.ts'
import { trainerExit, type TrainerEnd, type TrainingHost, type TrainingWork } from './host.ts'
import { makePlan, readPlan, trainingPaths, type PlanGround, type TrainingPaths, type TrainingPlan } from './plan.ts'
import { readResult } from './result.ts'
import { createTracker, freshState, savedState, type Tracker } from './tracker.ts'

/** Services of the core that a training needs. */
export interface TrainingRunnerParts extends InstallParts {
  readonly catalogue: Catalogue
  readonly dataParts: () => Omit<DataParts, 'catalogue'>
  /** The bundle for `id@version`; null: the active one. */
  readonly chooseBundle: (wish: string | null) => Promise<Bundle>
  readonly bundles: () => Promise<PlanGround['bundles']>
  readonly host: (choice: TrainingPlan['host']) => TrainingHost
  readonly trainerSource: string
  /** Trainers that are followed now, by job. */
  readonly running: Map<number, Tracker>
  readonly publish: (state: TrainingState) => void
  /** A new bundle was installed. */
  readonly onInstalled: () => Promise<void>
  readonly log: Log
}

/**
 * Runs trainings: the data out of the catalogue, then a host that trains, then the new bundle checked and installed (never
 * activated). Each lies in a folder of its own in the catalogue; resumed, it continues what is not done, the trainer
 * from its checkpoint. Items of the job are epochs.
 */
export function createTrainingRunner(parts: TrainingRunnerParts): JobRunner {
  return { kind: 'train', run: (context, options) => train(parts, context, options) }
}

async function train(parts: TrainingRunnerParts, context: JobContext, options: unknown): Promise<JobResult> {
  const paths = trainingPaths(parts.catalogue.folder, context.jobId)
  const plan = (await readPlan(paths)) ?? (await begin(parts, paths, options))
  const before = (await savedState(paths.state)) ?? freshState(context.jobId, plan)
  // Interrupted after the new bundle was in place.
  if (before.bundle !== null) return await finish(parts, paths, before.bundle)
  const tracker = createTracker(before, {
    file: paths.state,
    publish: parts.publish,
    onFailure: (error) => logBug(parts.log, error, 'training state')
  })
  parts.running.set(context.jobId, tracker)
  const epochs = countEpochs(context, before)
  try {
    await prepareData(parts, paths, plan, tracker, context.signal)
    const host = parts.host(plan.host)
    const work = await workOf(parts, paths, plan)
    await host.prepare(work, tracker, context.signal)
    const end = await runTrainer(host, work, tracker, epochs, context.signal)
    checkEnd(end, work, context.signal)
    await host.fetch(work, tracker, context.signal)
    tracker.stage('check')
    const origin = await readResult(paths.run, plan, parts.catalogue.name)
    const bundle = await installBundle(parts, paths.bundle, plan, origin)
    tracker.set({ bundle })
    await tracker.end()
    return await finish(parts, paths, bundle)
  } finally {
    parts.running.delete(context.jobId)
    await tracker.end()
  }
}

async function finish(parts: TrainingRunnerParts, paths: TrainingPaths, { id, version }: BundleReference): Promise<JobResult> {
  await tidy(paths)
  await parts.onInstalled()
  return { bundle: id, version }
}

async function begin(parts: TrainingRunnerParts, paths: TrainingPaths, options: unknown): Promise<TrainingPlan> {
  const request = trainingRequestSchema.parse(options)
  const base = await parts.chooseBundle(request.base && `${request.base.id}@${request.base.version}`)
  const { id, version } = base.manifest
  const { folder, name } = parts.catalogue
  return await makePlan(paths, request, {
    catalogueFolder: folder,
    catalogueName: name,
    base: { id, version },
    bundles: await parts.bundles()
  })
}

/** The data is written once, so that it does not change under a checkpoint. */
async function prepareData(
  { catalogue, dataParts, log }: TrainingRunnerParts,
  paths: TrainingPaths,
  plan: TrainingPlan,
  tracker: Tracker,
  signal: AbortSignal
): Promise<void> {
  if (await exists(join(paths.data, annotationsFile))) return
  tracker.stage('data')
  const written = await writeTrainingData(
    { catalogue, ...dataParts() },
    paths.data,
    ({ pictures, missing }) => tracker.progress(pictures + missing, null),
    signal
  )
  log.info({ training: plan.name, ...written }, 'training data written')
  if (written.missing > 0) {
    const warning = { code: 'training.picturesMissing', data: { missing: written.missing }, message: '' }
    tracker.set({ warnings: [...tracker.state.warnings, warning] })
  }
}

async function workOf(parts: TrainingRunnerParts, paths: TrainingPaths, plan: TrainingPlan): Promise<TrainingWork> {
  const base = await parts.chooseBundle(`${plan.base.id}@${plan.base.version}`)
  const { id, version, title, options } = plan
  return {
    name: plan.name,
    data: paths.data,
    base: base.folder,
    run: paths.run,
    bundle: paths.bundle,
    logFile: paths.log,
    trainerSource: parts.trainerSource,
    settings: { id, version, title, ...options }
  }
}

/** Runs the trainer to its end. Throws the trainer's error as an AppError, with our sentence if its code has one. */
async function runTrainer(
  host: TrainingHost,
  work: TrainingWork,
  tracker: Tracker,
  epochs: (message: TrainerMessage) => void,
  signal: AbortSignal
): Promise<TrainerEnd> {
  tracker.set({ logFile: work.logFile })
  let refusal: AppError | null = null
  const end = await host.train(
    work,
    tracker,
    (line) => {
      const message = tracker.line(line)
      if (message?.type === 'error') refusal = refusalOf(message)
      if (message !== null) epochs(message)
    },
    signal
  )
  if (refusal !== null && end.code !== 0 && end.code !== trainerExit.stopped) throw refusal as AppError
  return end
}

function refusalOf({ code, data, message }: TrainerMessage & { type: 'error' }): AppError {
  const own = `trainer.${code}`
  return isErrorCode(own) ? new AppError(own, { message, ...data }) : new AppError('training.refused', { message })
}

/** Returns if the trainer succeeded; else throws how it ended. */
function checkEnd(end: TrainerEnd, { logFile }: TrainingWork, signal: AbortSignal): void {
  if (end.detached || (signal.aborted && end.code !== 0)) throw new Cancelled()
  if (end.code === 0) return
  if (end.code === trainerExit.stopped) throw new AppError('training.stoppedOutside')
  const how = end.signal ?? (end.code === null ? '' : `exit code ${end.code}`)
  throw new AppError('training.crashed', { reason: end.lastLine.slice(0, 300) || how || '–', file: logFile })
}

/** Counts the epochs as the job's items: those of before, then each that ends. */
function countEpochs({ setTotal, count }: JobContext, before: TrainingState): (message: TrainerMessage) => void {
  let done = before.epoch ?? 0
  setTotal(before.epochs)
  if (done > 0) count('epochs', done, { resumed: true })
  return (message) => {
    if (message.type !== 'epoch') return
    setTotal(message.epochs)
    // A training resumed from a checkpoint may start with an epoch that was already counted.
    if (message.epoch !== done) count('epochs', message.epoch - done)
    done = message.epoch
  }
}

/** Removes intermediate files: links to pictures, prepared pixels, weights and scores. The logs and results stay. */
async function tidy({ data, run, bundle }: TrainingPaths): Promise<void> {
  const entries = await readdir(run, { recursive: true }).catch(() => [])
  const weights = entries.filter((name) => name.endsWith('.pt') || basename(name) === 'scores').map((name) => join(run, name))
  for (const path of [data, bundle, join(run, 'cache'), ...weights]) await rm(path, { recursive: true, force: true })
}
