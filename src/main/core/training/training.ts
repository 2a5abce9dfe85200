import { z } from 'zod'
import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { trainingRequestSchema, type TrainingRequest, type TrainingSet, type TrainingState } from '../../../shared/model/training.ts'
import type { Catalogue } from '../operations/catalogue.ts'
import type { Inference } from '../inference/inference.ts'
import type { JobResult, JobRunner } from '../jobs/runner.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Log } from '../log/log.ts'
import type { SettingsStore } from '../settings/settings.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { PythonEnvironment } from './environment.ts'
import { readPlan, trainingPaths } from './plan.ts'
import type { TrainingHost } from './host.ts'
import { createTrainingRunner } from './runner.ts'
import { countTrainingSet } from './set.ts'
import { freshState, savedState, type Tracker } from './tracker.ts'

/** Trainings of an open catalogue. */
export interface Training {
  /** Run the jobs of the kinds `train` and `environment`. */
  readonly runners: readonly JobRunner[]
  set(): Promise<TrainingSet>
  /** Starts a training, or (`goOn`) resumes the same one if it was stopped or interrupted. AppError if it cannot start. */
  start(jobs: Jobs, request: TrainingRequest): Promise<number>
  /** Starts the set-up of the Python environment, or checks the given one and uses it. */
  setUp(jobs: Jobs, python: string | null): Promise<number>
  /** AppError `training.notFound`. */
  state(jobId: number): Promise<TrainingState>
}

export interface TrainingParts {
  readonly catalogue: Catalogue
  readonly vocabulary: Vocabulary
  readonly inference: Inference
  readonly settings: SettingsStore
  readonly environment: PythonEnvironment
  /** The host that a choice names. */
  readonly host: (choice: TrainingState['host']) => TrainingHost
  /** The screen-size picture of an image as a file; null if there is none. */
  readonly picture: (sha256: string) => Promise<string | null>
  /** The folder that holds the package `fitxa_trainer`. */
  readonly trainerSource: string
  /** The person's own bundles. */
  readonly modelsFolder: string
  readonly onInstalled: () => Promise<void>
  readonly publish: (event: CoreEvent) => void
  readonly log: Log
}

/** Jobs that are looked through for one to continue, the newest first. */
const lookedThrough = 20

const unfinished = ['waiting', 'running', 'stopped', 'interrupted', 'failed']

export function createTraining(parts: TrainingParts): Training {
  const { catalogue, vocabulary, inference, settings, environment, publish } = parts
  const running = new Map<number, Tracker>()
  const chooseBundle = (wish: string | null): ReturnType<Inference['choose']> => inference.choose(wish ?? settings.get().modelBundle)
  const set = (): Promise<TrainingSet> => countTrainingSet(catalogue, vocabulary)

  const trainRunner = createTrainingRunner({
    catalogue,
    dataParts: () => ({ vocabulary, institution: settings.get().institution, picture: parts.picture }),
    chooseBundle,
    bundles: () => inference.bundles(),
    host: parts.host,
    trainerSource: parts.trainerSource,
    modelsFolder: parts.modelsFolder,
    test: (folder) => inference.test(folder),
    running,
    publish: (state) => publish({ type: 'training', training: state }),
    onInstalled: parts.onInstalled,
    log: parts.log
  })

  return {
    runners: [trainRunner, createEnvironmentRunner(environment)],
    set,
    async start(jobs, request) {
      const wanted = trainingRequestSchema.parse(request)
      const same = wanted.goOn ? await unfinishedLike(catalogue, wanted) : null
      if (same !== null) return (await jobs.resume(same)).id
      const { problem } = await set()
      if (problem !== null) throw AppError.told(problem)
      await chooseBundle(wanted.base && `${wanted.base.id}@${wanted.base.version}`)
      return await jobs.start('train', wanted.title ?? catalogue.name, wanted)
    },
    setUp: (jobs, python) => jobs.start('environment', 'Python', { python }),
    async state(jobId) {
      const tracker = running.get(jobId)
      if (tracker !== undefined) return tracker.state
      const paths = trainingPaths(catalogue.folder, jobId)
      const saved = await savedState(paths.state)
      if (saved !== null) return saved
      const job = await catalogue.read('job', jobId)
      if (job?.kind !== 'train') throw new AppError('training.notFound', { id: jobId })
      return freshState(jobId, (await readPlan(paths)) ?? trainingRequestSchema.parse(job.options))
    }
  }
}

/** The newest unfinished training, if it has the same options; a different one is not skipped. */
async function unfinishedLike(catalogue: Catalogue, wanted: z.infer<typeof trainingRequestSchema>): Promise<number | null> {
  const jobs = await catalogue.read('jobs', { limit: lookedThrough })
  const last = jobs.find((job) => job.kind === 'train')
  if (last === undefined || !unfinished.includes(last.state)) return null
  const before = trainingRequestSchema.parse(last.options)
  return JSON.stringify({ ...before, goOn: true }) === JSON.stringify({ ...wanted, goOn: true }) ? last.id : null
}

/** Sets the Python of this machine up as a job; its items are packages. A resumed job continues where it stopped. */
function createEnvironmentRunner(environment: PythonEnvironment): JobRunner {
  return {
    kind: 'environment',
    async run(context, options): Promise<JobResult> {
      const { python } = z.object({ python: z.string().nullable() }).parse(options)
      let counted = 0
      const made = await environment.setUp(
        python,
        (done, total) => {
          context.setTotal(total)
          context.count('packages', done - counted)
          counted = done
        },
        context.signal
      )
      if (context.signal.aborted) throw new Cancelled()
      return { python: made }
    }
  }
}
