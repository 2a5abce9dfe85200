import type { Facet } from '../../../../shared/model/facet.ts'
import type { LearnedFacet, LearningState } from '../../../../shared/model/learning.ts'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string

/** The gain from learning on the latest decisions: the facet with the largest gain, and the number of objects. */
export function bestGain({ facets }: LearningState): { facet: Facet; gain: number; objects: number } | null {
  const gains = facets.flatMap(({ facet, curve }) => {
    const last = curve.at(-1)
    return last === undefined ? [] : [{ facet, gain: last.adapted - last.base, objects: last.objects }]
  })
  return gains.sort((a, b) => b.gain - a.gain)[0] ?? null
}

/** Number of decided objects in the facet with the most. */
export const decidedObjects = (facets: readonly LearnedFacet[]): number => Math.max(0, ...facets.map(({ objects }) => objects))

/** Learning in a few words, for narrow windows. */
export function learningState(state: LearningState, t: Translate): string {
  if (!state.available) return t('learning.unavailable')
  if (!state.on) return t('learning.off')
  const decided = decidedObjects(state.facets)
  return decided === 0 ? t('learning.nothing') : t('learning.learned', { n: decided }, decided)
}

/** Learning in one line, as in the status bar: "Learned from 412 decisions: materials +0.14 on the last 100". */
export function learningLine(state: LearningState, t: Translate, difference: (value: number) => string): string {
  const learned = learningState(state, t)
  const best = state.available && state.on ? bestGain(state) : null
  if (best === null) return learned
  return t('learning.gain', {
    learned,
    facet: t(`frame.facet.${best.facet}`).toLocaleLowerCase(),
    gain: difference(best.gain),
    n: best.objects
  })
}
