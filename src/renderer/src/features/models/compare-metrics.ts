import type { BundleSummary, FacetMetrics } from '../../../../shared/model/model.ts'
import { facets, type Facet } from '../../../../shared/model/facet.ts'
import type { Comparison } from '../../../../shared/model/training.ts'

/** Measures of a facet that are compared. All are shares from 0 to 1; of the calibration error (`ece`) less is better. */
export const measures = ['rPrecision', 'accAt1', 'accAt10', 'ece'] as const
export type Measure = (typeof measures)[number]

/** `equal`: the two figures are the same as they are shown, in hundredths. */
export type Verdict = 'better' | 'worse' | 'equal'

/** A measure of two models side by side. `difference` is that of the two figures as they are shown, so that it adds up. */
export interface MeasureComparison {
  readonly measure: Measure
  readonly value: number | null
  readonly other: number | null
  readonly difference: number | null
  readonly verdict: Verdict | null
}

/** A facet of two models side by side; `images` and `otherImages`: the pictures on which each was measured. */
export interface FacetComparison {
  readonly facet: Facet
  readonly images: number | null
  readonly otherImages: number | null
  readonly measures: readonly MeasureComparison[]
}

/** The figures of a comparison, facet by facet; missing figures are null. */
export function compareFacets(rows: Comparison['facets']): readonly FacetComparison[] {
  return rows.map(({ facet, bundle, other }) => ({
    facet,
    images: bundle?.images ?? null,
    otherImages: other?.images ?? null,
    measures: measures.map((measure) => compared(measure, bundle?.[measure] ?? null, other?.[measure] ?? null))
  }))
}

/** A model's own figures as the rows of a comparison with none. */
export function facetsOf({ metrics }: BundleSummary): Comparison['facets'] {
  return facets.flatMap((facet) => {
    const measured = metrics[facet]
    return measured === undefined ? [] : [{ facet, bundle: measured, other: null }]
  })
}

/** Figures are shown in hundredths: a smaller difference is none. */
const hundredths = (value: number): number => Math.round(value * 100)

function compared(measure: Measure, value: number | null, other: number | null): MeasureComparison {
  if (value === null || other === null) return { measure, value, other, difference: null, verdict: null }
  const gap = hundredths(value) - hundredths(other)
  const gain = measure === 'ece' ? -gap : gap
  return { measure, value, other, difference: gap / 100, verdict: gain === 0 ? 'equal' : gain > 0 ? 'better' : 'worse' }
}

/** Mean of a measure over the facets that have it, each facet counting the same (as in the tables of the paper); null = none has. */
export function meanOf(metrics: BundleSummary['metrics'], measure: Measure): number | null {
  return mean(Object.values(metrics).flatMap((facet: FacetMetrics) => facet[measure] ?? []))
}

/** The arithmetic mean; null of nothing. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
