import type { Job } from '../../../shared/model/job.ts'
import { durationWords } from './durations.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string
type FormatNumber = (value: number, format: string) => string

/** The jobs at work and waiting, in a few words: what the first does, how far it is, how long it will take, and how many wait. */
export function queueWords(active: readonly Job[], t: Translate, n: FormatNumber): string {
  const job = active.find((each) => each.state === 'running') ?? active[0]
  if (job === undefined) return t('frame.queueEmpty')
  const parts = [t('frame.queueOf', { kind: t(`frame.job.${job.kind}`) }), ...farWords(job, t, n)]
  if (active.length > 1) parts.push(t('frame.more', { n: active.length - 1 }, active.length - 1))
  return parts.join(' · ')
}

/**
 * A training counts epochs, and its other steps take about as long again, so a share of epochs or an estimated time would be wrong
 * here.
 */
function farWords({ kind, total, done, secondsLeft }: Job, t: Translate, n: FormatNumber): string[] {
  if (total === null || total === 0) return done > 0 ? [n(done, 'count')] : []
  if (kind === 'train') return [t('models.epochOf', { n: n(done, 'count'), of: n(total, 'count') })]
  return [n(done / total, 'percent'), ...(secondsLeft === null ? [] : [durationWords(secondsLeft, t, n)])]
}
