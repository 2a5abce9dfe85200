import type { BundleReference } from '../../../../shared/model/model.ts'
import {
  sshTargetSchema,
  type RemoteCheck,
  type TrainingEnvironment,
  type TrainingRequest,
  type TrainingSet
} from '../../../../shared/model/training.ts'

/** What a person chose for a training. */
export interface TrainingChoice {
  readonly host: 'here' | 'ssh'
  /** The other machine as typed. */
  readonly target: string
  /** Its Python as typed; empty: the one found there. */
  readonly remotePython: string
  /** The model to start from; null: the one in use. */
  readonly base: BundleReference | null
  /** Empty: the catalogue's name. */
  readonly title: string
  readonly trunk: 'auto' | 'frozen' | 'trained'
  /** Empty: as many as the trainer finds right. */
  readonly epochs: string
}

export const firstChoice: TrainingChoice = {
  host: 'here',
  target: '',
  remotePython: '',
  base: null,
  title: '',
  trunk: 'auto',
  epochs: ''
}

/** Why a training cannot be started yet; each has a sentence that says what to do. */
export type Block = 'target' | 'unchecked' | 'checksFailed' | 'looking' | 'environment' | 'epochs'

/** Whether a text names a machine as the core takes it. */
export const isTarget = (text: string): boolean => sshTargetSchema.safeParse(text.trim()).success

/** Whether a text is a number of epochs, or empty. */
export const isEpochs = (text: string): boolean => /^\d*$/.test(text.trim()) && Number(text || 1) >= 1 && Number(text) <= 1000

/**
 * Why training cannot start with a choice; null: it can. `environment` is null while it is looked for; `checks` are those of the
 * machine as it is typed now, null while there are none.
 */
export function blockOf(
  choice: TrainingChoice,
  known: { set: TrainingSet; environment: TrainingEnvironment | null; checks: readonly RemoteCheck[] | null }
): Block | null {
  if (choice.host === 'here') {
    if (known.environment === null) return 'looking'
    if (known.environment.state !== 'ready') return 'environment'
  } else {
    if (!isTarget(choice.target)) return 'target'
    if (known.checks === null) return 'unchecked'
    if (known.checks.some((check) => check.state === 'failed')) return 'checksFailed'
  }
  return isEpochs(choice.epochs) ? null : 'epochs'
}

/** The choice as the core takes it. */
export function requestOf(choice: TrainingChoice): TrainingRequest {
  const python = choice.remotePython.trim()
  return {
    host: choice.host === 'here' ? { kind: 'here' } : { kind: 'ssh', target: choice.target.trim(), python: python === '' ? null : python },
    base: choice.base,
    title: choice.title.trim() === '' ? null : choice.title.trim(),
    options: { trunk: choice.trunk, epochs: choice.epochs.trim() === '' ? null : Number(choice.epochs) }
  }
}
