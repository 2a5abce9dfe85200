import { describe, expect, it } from 'vitest'
import type { FacetMetrics } from '../../../../shared/model/model.ts'
import { compareFacets, facetsOf, meanOf } from './compare-metrics.ts'
import { bundle } from './test/example.ts'

const figures = (part: Partial<FacetMetrics> = {}): FacetMetrics => ({
  rPrecision: 0.5,
  accAt1: 0.5,
  accAt10: 0.9,
  images: 40,
  ece: null,
  ...part
})
const mine = figures({ rPrecision: 0.744, accAt1: 0.8, accAt10: 0.99, ece: 0.031 })
const active = figures({ rPrecision: 0.712, accAt1: 0.81, accAt10: 0.991, ece: 0.05, images: 38 })

describe('compareFacets', () => {
  it('says better, worse and equal; less is better for the calibration error', () => {
    const [materials] = compareFacets([{ facet: 'materials', bundle: mine, other: active }])
    expect(materials?.measures.map(({ measure, difference, verdict }) => [measure, difference, verdict])).toEqual([
      ['rPrecision', 0.03, 'better'],
      ['accAt1', -0.01, 'worse'],
      ['accAt10', 0, 'equal'],
      ['ece', -0.02, 'better']
    ])
    expect(materials).toMatchObject({ facet: 'materials', images: 40, otherImages: 38 })
  })

  it('makes no comparison if one of the two has no figure', () => {
    const [subjects, types] = compareFacets([
      { facet: 'subjects', bundle: null, other: active },
      { facet: 'objectTypes', bundle: figures(), other: active }
    ])
    expect(subjects?.measures[0]).toEqual({ measure: 'rPrecision', value: null, other: 0.712, difference: null, verdict: null })
    expect(types?.measures.at(-1)).toMatchObject({ measure: 'ece', value: null, other: 0.05, verdict: null })
  })
})

describe('meanOf', () => {
  it('counts every facet the same, and only those that were measured', () => {
    const metrics = { materials: figures({ rPrecision: 0.5, images: 1000 }), subjects: figures({ rPrecision: 0.7, images: 10 }) }
    expect(meanOf(metrics, 'rPrecision')).toBeCloseTo(0.6)
    expect(meanOf(metrics, 'ece')).toBeNull()
  })
})

describe('facetsOf', () => {
  it('gives a model’s own figures in the order of the facets', () => {
    const rows = facetsOf(bundle({ metrics: { subjects: mine, objectTypes: active } }))
    expect(rows.map(({ facet }) => facet)).toEqual(['objectTypes', 'subjects'])
    expect(compareFacets(rows).every(({ measures }) => measures.every(({ verdict }) => verdict === null))).toBe(true)
  })
})
