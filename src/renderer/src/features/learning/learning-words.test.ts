import { describe, expect, it } from 'vitest'
import type { LearningState } from '../../../../shared/model/learning.ts'
import { createTranslations } from '../../locales/i18n.ts'
import { bestGain, learningLine } from './learning-words.ts'

const state = (change: Partial<LearningState> = {}): LearningState => ({
  available: true,
  on: true,
  images: 500,
  embedded: 500,
  facets: [
    { facet: 'objectTypes', objects: 412, curve: [{ decided: 312, objects: 100, base: 0.5, adapted: 0.52 }] },
    { facet: 'materials', objects: 200, curve: [{ decided: 100, objects: 100, base: 0.5, adapted: 0.64 }] }
  ],
  ...change
})

describe('learning in one line', () => {
  const { t, n } = createTranslations('en').global
  const line = (of: LearningState): string => learningLine(of, t as Parameters<typeof learningLine>[1], (value) => n(value, 'difference'))

  it('names the facet in which most was gained on the last decisions', () => {
    expect(bestGain(state())).toMatchObject({ facet: 'materials', objects: 100 })
    expect(line(state())).toBe('Learned from 412 objects: materials +0.14 on the last 100')
  })

  it('says what has been learned from where nothing can be compared yet', () => {
    expect(line(state({ facets: [{ facet: 'materials', objects: 1, curve: [] }] }))).toBe('Learned from 1 object')
  })

  it('says why nothing is learned', () => {
    expect(line(state({ facets: [] }))).toBe('Nothing learned yet')
    expect(line(state({ on: false }))).toBe('Learning is off')
    expect(line(state({ available: false, on: false }))).toBe('Learning is not available')
  })
})
