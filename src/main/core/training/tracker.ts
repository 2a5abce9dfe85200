import { readFile } from 'node:fs/promises'
import { trainingStageSchema, trainingStateSchema, type TrainingStage, type TrainingState } from '../../../shared/model/training.ts'
import { throttled } from '../lib/throttle.ts'
import { writeJsonFile } from '../lib/json-file.ts'
import { facetFigures, parseTrainerLine, type TrainerMessage } from './messages.ts'
import type { HostReport } from './host.ts'
import type { TrainingPlan } from './plan.ts'

/** Minimum time between two events and between two writes of the state, in milliseconds. */
const tellInterval = 500
const saveInterval = 2000
/** Lines of the log that the state carries, the longest of them, and warnings that it keeps. */
const keptLines = 20
const longestLine = 500
const keptWarnings = 50

/** Follows a training: collects the messages of host and trainer, publishes and stores the state. */
export interface Tracker extends HostReport {
  readonly state: TrainingState
  /** Handles a line of the trainer's stdout. A line that is no message becomes a warning, once, and goes to the log. */
  line(line: string): TrainerMessage | null
  /** A line of the trainer's log. */
  log(line: string): void
  set(change: Partial<TrainingState>): void
  /** Publishes and saves the last state. */
  end(): Promise<void>
}

export interface TrackerOptions {
  readonly file: string
  readonly publish: (state: TrainingState) => void
  /** The error of a failed write; the training continues. */
  readonly onFailure: (error: unknown) => void
}

/** The state that a training had when it was last saved; null if it has none, or none that this program understands. */
export async function savedState(file: string): Promise<TrainingState | null> {
  try {
    return trainingStateSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

/** The state of a training that has not begun. */
export function freshState(jobId: number, plan: Pick<TrainingPlan, 'host'> & { base: TrainingState['base'] }): TrainingState {
  const nothing = { stage: null, done: null, total: null, epoch: null, epochs: null, imagesPerSecond: null, secondsLeft: null }
  return {
    jobId,
    host: plan.host,
    connected: true,
    base: plan.base,
    ...nothing,
    curve: [],
    warnings: [],
    log: [],
    logFile: null,
    bundle: null
  }
}

/** Continues from `begin`: the curve and the warnings of earlier training stay. */
export function createTracker(begin: TrainingState, { file, publish, onFailure }: TrackerOptions): Tracker {
  let state: TrainingState = { ...begin, connected: true, done: null, total: null, secondsLeft: null, imagesPerSecond: null }
  const save = (): Promise<void> => writeJsonFile(file, state).catch(onFailure)
  const telling = throttled(() => publish(state), tellInterval)
  const saving = throttled(() => void save(), saveInterval)
  const set = (change: Partial<TrainingState>): void => {
    state = { ...state, ...change }
    telling.call()
    saving.call()
  }
  const warn = (code: string, data: TrainingState['warnings'][number]['data'], message: string): void => {
    const known = state.warnings.some((warning) => warning.code === code && warning.message === message)
    if (!known) set({ warnings: [...state.warnings, { code, data, message }].slice(-keptWarnings) })
  }
  const log = (line: string): void => set({ log: [...state.log, line.slice(0, longestLine)].slice(-keptLines) })

  function enter(stage: TrainingStage): void {
    set({ stage, done: null, total: null, secondsLeft: null, imagesPerSecond: null })
  }

  function take(message: TrainerMessage): void {
    if (message.type === 'stage') {
      const stage = trainingStageSchema.safeParse(message.name)
      if (stage.success) enter(stage.data)
    } else if (message.type === 'progress') {
      // While it trains, the time to the end of the last epoch says more than that to the end of this one.
      const secondsLeft = state.stage === 'train' ? state.secondsLeft : (message.secondsLeft ?? null)
      set({ done: message.done, total: message.total, secondsLeft })
    } else if (message.type === 'epoch') {
      const { epoch, epochs, loss, validation, imagesPerSecond, secondsLeft } = message
      // A run resumed from a checkpoint may train an epoch again; the newer figures count.
      const curve = [...state.curve.filter((point) => point.epoch < epoch), { epoch, loss, validation: facetFigures(validation) }]
      set({ epoch, epochs, curve, imagesPerSecond: imagesPerSecond ?? null, secondsLeft: secondsLeft ?? null })
    } else if (message.type === 'warning' && message.code !== 'stopped') {
      // The job's state says that it stopped.
      warn(`trainer.${message.code}`, message.data, message.message)
    }
  }

  return {
    get state() {
      return state
    },
    line(line) {
      if (line.trim() === '') return null
      const message = parseTrainerLine(line)
      if (message !== null) take(message)
      else {
        warn('training.badLine', {}, '')
        log(line)
      }
      return message
    },
    log,
    set,
    stage: enter,
    progress: (done, total) => set({ done, total }),
    connected: (connected) => set({ connected }),
    async end() {
      set({ secondsLeft: null, imagesPerSecond: null, connected: true })
      telling.end()
      saving.end()
      await save()
    }
  }
}
