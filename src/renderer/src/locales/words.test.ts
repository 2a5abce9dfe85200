import { describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/model/job.ts'
import type { ActionSummary } from '../../../shared/model/record.ts'
import { actionWords } from './actions.ts'
import { durationWords } from './durations.ts'
import { filterWords } from './filters.ts'
import { createTranslations } from './i18n.ts'
import { queueWords } from './queue.ts'
import { labelIn } from './terms.ts'

const ca = createTranslations('ca').global
const en = createTranslations('en').global
const n = (value: number): string => String(value)

const action = (part: Partial<ActionSummary>): ActionSummary => ({
  id: 1,
  kind: 'term',
  author: 'MP',
  at: '2026-03-12T09:00:00Z',
  objectId: 1,
  objectLabel: 'MUS 1',
  field: null,
  objects: 1,
  changes: 1,
  term: null,
  facet: null,
  state: null,
  ...part
})
const term = {
  key: 'materials/argila',
  facet: 'materials' as const,
  aatId: '300011727',
  labels: { ca: 'argila', en: null },
  path: [],
  assignable: true
}

describe('actionWords', () => {
  it('names terms in the language of the terms and all else in that of the interface', () => {
    expect(actionWords(action({ term, state: 'accepted' }), ca.t, 'ca')).toBe('accepta «argila»')
    expect(actionWords(action({ term, state: 'rejected' }), en.t, 'en')).toBe('reject “argila”')
  })

  it('has words for every kind of action and every state', () => {
    const all = [
      ...(['accepted', 'rejected', 'uncertain', 'open'] as const).map((state) => action({ term, state })),
      ...(['closed', 'open', 'notApplicable', 'notVisible'] as const).map((state) => action({ kind: 'facet', facet: 'materials', state })),
      ...(['replace', 'rejectRest', 'note', 'flag', 'rule', 'undo', 'redo'] as const).map((kind) =>
        action({ kind, term, facet: 'subjects' })
      )
    ]
    for (const each of all) for (const { t } of [ca, en]) expect(actionWords(each, t, 'ca')).not.toMatch(/actions\.|\{/)
  })

  it('counts objects of a batch', () => {
    expect(actionWords(action({ kind: 'rule', objects: 1 }), ca.t, 'ca')).toBe('regla d’acceptació, 1 objecte')
    expect(actionWords(action({ kind: 'rule', objects: 40 }), ca.t, 'ca')).toBe('regla d’acceptació, 40 objectes')
  })
})

describe('durationWords', () => {
  it('promises no more than it can know', () => {
    expect(durationWords(3, ca.t, n)).toBe('falten uns 10 s')
    expect(durationWords(61, ca.t, n)).toBe('falten uns 2 min')
    expect(durationWords(60, ca.t, n)).toBe('falta cosa d’1 min')
    expect(durationWords(7300, en.t, n)).toBe('about 3 h left')
  })
})

describe('filterWords', () => {
  it('names the parts of a filter, and nothing for the filter that passes all', () => {
    expect(filterWords({}, ca.t)).toBe('')
    expect(filterWords({ text: ' àmfora ', status: ['new', 'inWork'], flagged: true, suggested: null }, ca.t)).toBe(
      'nous, en curs, per comentar, «àmfora»'
    )
    expect(filterWords({ suggested: false }, en.t)).toBe('without suggestions')
  })
})

describe('labelIn', () => {
  it('falls back to the other language and says which it is', () => {
    expect(labelIn({ ca: 'argila', en: null }, 'en')).toEqual({ text: 'argila', language: 'ca' })
    expect(labelIn({ ca: null, en: 'clay' }, 'ca')).toEqual({ text: 'clay', language: 'en' })
  })
})

describe('queueWords', () => {
  const job = (part: Partial<Job>): Job => ({
    id: 1,
    kind: 'predict',
    title: '',
    state: 'running',
    total: 200,
    done: 50,
    counts: {},
    perSecond: 10,
    secondsLeft: 15,
    startedAt: '2026-03-12T09:00:00Z',
    finishedAt: null,
    result: null,
    error: null,
    ...part
  })

  it('say what runs, how far it is and what waits behind it', () => {
    expect(queueWords([], ca.t, n)).toBe('Cua: buida')
    expect(queueWords([job({})], ca.t, n)).toBe('Cua: suggeriments · 0.25 · falten uns 20 s')
    expect(queueWords([job({ id: 2, state: 'waiting', kind: 'export' }), job({})], ca.t, n)).toBe(
      'Cua: suggeriments · 0.25 · falten uns 20 s · i 1 més'
    )
  })

  it('count the epochs of a training, and promise no time for its other steps', () => {
    expect(queueWords([job({ kind: 'train', total: null, done: 0, secondsLeft: null })], ca.t, n)).toBe('Cua: entrenament')
    expect(queueWords([job({ kind: 'train', total: 40, done: 5, secondsLeft: 900 })], ca.t, n)).toBe('Cua: entrenament · Època 5 de 40')
  })
})
