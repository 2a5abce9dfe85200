import { describe, expect, it } from 'vitest'
import { createTranslations } from '../../locales/i18n.ts'
import { trainingState } from './test/example.ts'
import { hostWords, shareOf, stepOf, timeWords } from './training-words.ts'

const { t, n } = createTranslations('en').global
const time = (part: Parameters<typeof trainingState>[0]): string => timeWords(trainingState(part), t, n as (value: number) => string)
const curve = [{ epoch: 1, loss: 0.5, validation: {} }]

describe('timeWords', () => {
  it('promises no time before the first epoch has been measured', () => {
    expect(time({ secondsLeft: null })).toBe(t('models.timeLater'))
    expect(time({ secondsLeft: 3000, curve: [] })).toBe(t('models.timeLater'))
    expect(time({ secondsLeft: 3000, curve })).toBe('about 50 min left')
  })

  it('says of other steps what is left of the step alone', () => {
    expect(time({ stage: 'prepare', secondsLeft: 90 })).toBe('this step: about 2 min left')
    expect(time({ stage: 'measure', secondsLeft: null })).toBe('')
    expect(time({ stage: null, secondsLeft: null })).toBe('')
  })
})

describe('shareOf', () => {
  it('counts what the step counts, else the epochs', () => {
    expect(shareOf(trainingState({ stage: 'prepare', done: 5, total: 20 }))).toBe(0.25)
    expect(shareOf(trainingState({ done: null, total: null, epoch: 5, epochs: 25 }))).toBe(0.2)
    expect(shareOf(trainingState({ stage: 'export', done: null, total: null }))).toBeNull()
  })
})

describe('stepOf', () => {
  it('counts the steps of the host: elsewhere there are two more', () => {
    const ssh = { kind: 'ssh' as const, target: 'gpu', python: null }
    expect(stepOf(trainingState({ stage: 'train' }))).toEqual({ step: 6, steps: 9 })
    expect(stepOf(trainingState({ stage: 'train', host: ssh }))).toEqual({ step: 7, steps: 11 })
    expect(stepOf(trainingState({ stage: null }))).toBeNull()
    expect(hostWords(ssh, t)).toContain('gpu')
  })
})
