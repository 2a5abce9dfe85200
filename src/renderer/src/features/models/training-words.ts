import { trainingStages, type TrainingHostChoice, type TrainingState } from '../../../../shared/model/training.ts'
import { durationWords } from '../../locales/durations.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string
type FormatNumber = (value: number, format: string) => string

/** Stages of a training that is done here; elsewhere it also sends and fetches. */
const remoteStages: readonly string[] = ['send', 'fetch']

/** Which of how many steps a training is at, from 1; null before it has begun. */
export function stepOf({ stage, host }: Pick<TrainingState, 'stage' | 'host'>): { step: number; steps: number } | null {
  const stages = trainingStages.filter((each) => host.kind === 'ssh' || !remoteStages.includes(each))
  return stage === null ? null : { step: stages.indexOf(stage) + 1, steps: stages.length }
}

/** Share of the step that is done, from 0 to 1; null if that is not known. */
export function shareOf({ stage, done, total, epoch, epochs }: TrainingState): number | null {
  if (done !== null && total !== null && total > 0) return Math.min(1, done / total)
  return stage === 'train' && epoch !== null && epochs !== null && epochs > 0 ? epoch / epochs : null
}

/**
 * How long it will still take: for the training itself what is left of it, for every other step of the step alone. Before
 * the first epoch has been measured nothing is promised.
 */
export function timeWords(state: TrainingState, t: Translate, n: FormatNumber): string {
  const { stage, secondsLeft, curve } = state
  if (stage === null) return ''
  if (stage === 'train') return secondsLeft === null || curve.length === 0 ? t('models.timeLater') : durationWords(secondsLeft, t, n)
  return secondsLeft === null ? '' : t('models.timeOfStep', { time: durationWords(secondsLeft, t, n) })
}

/** Where a training computes, in words. */
export function hostWords(host: TrainingHostChoice, t: Translate): string {
  return host.kind === 'here' ? t('models.onThisComputer') : t('models.onMachine', { target: host.target })
}
