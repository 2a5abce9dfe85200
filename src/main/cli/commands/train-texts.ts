import { facets } from '../../../shared/model/facet.ts'
import type { Comparison, TrainingSet, TrainingState } from '../../../shared/model/training.ts'
import type { Run } from '../run.ts'

/** How many nearly trainable terms are named in each facet. */
const namedTerms = 5

/** Prints the training set facet by facet, and how many pictures each term lacks. */
export function tellSet({ words, terminal, language }: Run, set: TrainingSet): void {
  terminal.note(words('train.set', { objects: set.objects, pictures: set.pictures }))
  for (const { facet, closed, pictures, trainable, terms } of set.facets) {
    terminal.note(words('train.facet', { facet: words(`facet.${facet}`), closed, pictures, trainable }))
    const lacking = terms
      .filter((term) => term.lacking > 0)
      .slice(0, namedTerms)
      .map(({ term: { labels, key }, lacking: n }) => `${labels[language] ?? labels.ca ?? labels.en ?? key} ${n}`)
    if (lacking.length > 0) terminal.note(words('train.lacking', { terms: lacking.join(', ') }))
  }
}

/** The state of a training as one line. */
export function trainingText({ words, language }: Run, state: TrainingState | null): string {
  if (state === null || state.stage === null) return words('train.begins')
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
  const parts = [words(`train.stage.${state.stage}`)]
  if (!state.connected) parts.push(words('train.disconnected'))
  const training = state.stage === 'train' || state.stage === 'measure'
  if (training && state.epoch !== null && state.epochs !== null)
    parts.push(words('train.epoch', { epoch: state.epoch, epochs: state.epochs }))
  else if (state.done !== null && state.total !== null)
    parts.push(words('train.of', { done: number.format(state.done), total: number.format(state.total) }))
  else if (state.done !== null) parts.push(number.format(state.done))
  const last = state.curve.at(-1)
  if (training && last !== undefined) {
    const figures = facets.flatMap((facet) => last.validation[facet] ?? [])
    parts.push(words('train.loss', { loss: number.format(last.loss) }))
    if (figures.length > 0)
      parts.push(words('train.precision', { value: number.format(figures.reduce((sum, value) => sum + value, 0) / figures.length) }))
  }
  if (state.imagesPerSecond !== null) parts.push(words('train.speed', { rate: number.format(state.imagesPerSecond) }))
  if (state.secondsLeft !== null) parts.push(words('train.left', { left: clock(state.secondsLeft) }))
  return parts.join(' · ')
}

/** A duration as h:mm:ss. */
function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** Compares a new bundle with another one, facet by facet. */
export function tellComparison({ words, terminal, language }: Run, { other, samePictures, facets: rows, counts }: Comparison): void {
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const figure = (value: number | undefined): string => (value === undefined ? '–' : number.format(value))
  if (other !== null) terminal.say(words(samePictures ? 'train.beside' : 'train.besideRoughly', { id: other.id, version: other.version }))
  for (const row of rows) {
    terminal.say(
      words('train.figures', {
        facet: words(`facet.${row.facet}`),
        rPrecision: figure(row.bundle?.rPrecision),
        otherRPrecision: figure(row.other?.rPrecision),
        accAt10: figure(row.bundle?.accAt10),
        otherAccAt10: figure(row.other?.accAt10)
      })
    )
  }
  if (counts.better + counts.worse + counts.equal > 0) terminal.say(words('train.terms', counts))
}
