import type { TrainingOptions, TrainingHostChoice, TrainingStage } from '../../../shared/model/training.ts'

/**
 * A training as passed to a host. All folders are on this machine; a remote host sends copies and passes their remote paths to the
 * trainer.
 */
export interface TrainingWork {
  /** Name of the run, the same when it is resumed and different for every run of every catalogue: letters, digits, `-`. */
  readonly name: string
  /** `annotations.csv` and `pictures/<SHA-256 of the original>.jpg`; nothing in it changes once the training has begun. */
  readonly data: string
  /** The bundle that the training starts from. */
  readonly base: string
  /**
   * The trainer's run folder: configuration, checkpoints, `result.json`. The local host works in it; a remote host fetches it
   * (without checkpoints).
   */
  readonly run: string
  /** Where the finished bundle is to lie, `model.json` directly in it. Does not exist before. */
  readonly bundle: string
  /** The trainer's stderr is appended to this file, line by line. */
  readonly logFile: string
  /** The folder that holds the package `fitxa_trainer`, to be put on PYTHONPATH, and `requirements.txt` in the folder above it. */
  readonly trainerSource: string
  readonly settings: FineTuneSettings
}

/** Options of `fine-tune` besides its folders. */
export interface FineTuneSettings extends TrainingOptions {
  readonly id: string
  readonly version: string
  readonly title: { readonly ca: string; readonly en: string }
}

/** Callbacks for the progress of a host. */
export interface HostReport {
  /** A stage starts: `environment`, `send` or `fetch`; the trainer reports its own stages on stdout. */
  stage(stage: TrainingStage): void
  /** Progress of that stage: bytes, packages, … */
  progress(done: number, total: number | null): void
  /** A line that the trainer wrote to stderr. */
  log(line: string): void
  /** The connection to another machine was lost (false) or restored. */
  connected(connected: boolean): void
}

/** How the trainer ended: with an exit code, by a signal, or it was left running (`detached`). */
export interface TrainerEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly detached: boolean
  /** The last line on stderr that is not empty, '' if there is none. */
  readonly lastLine: string
}

/**
 * A machine on which trainings run. Every method may be called again for the same work, after a stop, a broken connection
 * or a crash, and then does only what is not done yet. They throw AppErrors for expected errors, `Cancelled` if `signal` ends them.
 * The reason of `signal` is `stopped` (a person stops the training) or `interrupted` (Fitxa ends).
 */
export interface TrainingHost {
  readonly kind: TrainingHostChoice['kind']
  /** Prepares the host: Python environment, data and code. Existing parts are not sent or created again. */
  prepare(work: TrainingWork, report: HostReport, signal: AbortSignal): Promise<void>
  /**
   * Runs `fine-tune` to its end, or joins a running one of the same work. `onLine` gets each line of its stdout
   * (JSON Lines) once, in order; a joined run may give lines again that were given before. Aborted as `stopped`, the trainer is
   * let write its checkpoint and ends (exit code 75); aborted as `interrupted` likewise here, while elsewhere it goes on (`detached`).
   */
  train(work: TrainingWork, report: HostReport, onLine: (line: string) => void, signal: AbortSignal): Promise<TrainerEnd>
  /** Brings `run/result.json` and the bundle to where `work` says, each file checked by its hash. Nothing to do here. */
  fetch(work: TrainingWork, report: HostReport, signal: AbortSignal): Promise<void>
}

/** Exit codes of the trainer beside 0: wrong input, and stopped with a checkpoint from which the same command resumes. */
export const trainerExit = { badInput: 2, stopped: 75 } as const
