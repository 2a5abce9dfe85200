import { describe, expect, it } from 'vitest'
import type { BundleSummary } from '../../../../shared/model/model.ts'
import { candidateOf, inOrder, standingOf } from './standing.ts'
import { bundle } from './test/example.ts'

const history = [
  { how: 'activated' as const, bundle: 'museum@1.0.0', at: '2026-03-01T09:00:00Z' },
  { how: 'back' as const, bundle: null, at: '2026-03-02T09:00:00Z' }
]
const starter = bundle({ source: 'shipped', active: true })
const used = bundle({ id: 'museum', version: '1.0.0', created: '2026-03-01T08:00:00Z' })
const fresh = bundle({ id: 'museum', version: '1.1.0', created: '2026-03-05T08:00:00Z' })
const broken = bundle({ id: 'museum', version: '1.2.0', created: '2026-03-09T08:00:00Z', problem: 'bundle.hash' })
const all: BundleSummary[] = [used, broken, fresh, starter]

describe('status of models', () => {
  it('distinguishes the one in use, those never tried, those used before, shipped ones and unusable ones', () => {
    expect([starter, fresh, used, { ...starter, active: false }, broken].map((each) => standingOf(each, history))).toEqual([
      'inUse',
      'onTrial',
      'archived',
      'shipped',
      'unusable'
    ])
  })

  it('order the list: in use, newest first, unusable last', () => {
    expect(inOrder(all)).toEqual([starter, fresh, used, broken])
  })

  it('find the model on trial, and none once it was activated', () => {
    expect(candidateOf(all, history)).toBe(fresh)
    expect(candidateOf([starter, used, broken], history)).toBeNull()
  })
})
