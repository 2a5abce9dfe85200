import { facets, type Facet } from '../../../shared/model/facet.ts'
import type { BundleReference, BundleSummary, FacetMetrics } from '../../../shared/model/model.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Comparison, TermComparison } from '../../../shared/model/training.ts'
import { termOf, type TermSource } from '../annotation/hydrate.ts'
import { readOrigin, type Origin } from '../inference/origin.ts'

/** Average precisions that differ by less are equal: a hundredth, as figures are shown. */
const noDifference = 0.01

/** Terms that a comparison lists: the greatest differences. */
const listedTerms = 500

type Metrics = Partial<Record<Facet, FacetMetrics>>

/**
 * Compares a bundle with the active one. If both were measured on the same held-out pictures (the active one was the base of the
 * training), the comparison includes every term. A trained bundle that is active itself, or has another base, is compared with its
 * base. If nothing was measured together, each has the figures of its own test pictures. AppError `bundle.notFound`.
 */
export async function compareBundles(
  bundles: readonly BundleSummary[],
  reference: BundleReference,
  vocabulary: TermSource
): Promise<Comparison> {
  const bundle = bundles.find((candidate) => isSame(candidate, reference))
  if (bundle === undefined) throw new AppError('bundle.notFound', { bundle: `${reference.id}@${reference.version}` })
  const active = bundles.find((candidate) => candidate.active) ?? null
  const origin = await readOrigin(bundle.path)
  const measured = origin && sameMeasure(origin, active)
  if (origin && measured) {
    const otherActive = active !== null && isSame(active, measured.bundle)
    return comparison(
      reference,
      measured.bundle,
      true,
      otherActive,
      origin.metrics,
      measured.metrics,
      termsOf(origin, measured.bundle, vocabulary)
    )
  }
  const other = active !== null && !isSame(active, reference) ? active : null
  return comparison(reference, other, false, other !== null, bundle.metrics, other?.metrics ?? {}, [])
}

/** The bundle measured on the same pictures: the active one if it was, else the base. */
function sameMeasure(origin: Origin, active: BundleSummary | null): Origin['others'][number] | undefined {
  return origin.others.find(({ bundle }) => active !== null && isSame(bundle, active)) ?? origin.others[0]
}

function termsOf(origin: Origin, other: BundleReference, vocabulary: TermSource): TermComparison[] {
  if (origin.base === null || !isSame(origin.base, other)) return []
  const compared = origin.terms.map(({ term, pictures, value, base }): TermComparison => {
    const gain = value - base
    const verdict = Math.abs(gain) < noDifference ? 'equal' : gain > 0 ? 'better' : 'worse'
    return { term: termOf(vocabulary, term), pictures, value, otherValue: base, verdict }
  })
  return compared.sort((a, b) => Math.abs(b.value - b.otherValue) - Math.abs(a.value - a.otherValue))
}

function comparison(
  bundle: BundleReference,
  other: BundleReference | null,
  samePictures: boolean,
  otherActive: boolean,
  metrics: Metrics,
  otherMetrics: Metrics,
  terms: readonly TermComparison[]
): Comparison {
  const count = (verdict: TermComparison['verdict']): number => terms.filter((term) => term.verdict === verdict).length
  return {
    bundle: nameOf(bundle),
    other: other && nameOf(other),
    samePictures,
    otherActive,
    facets: facets
      .filter((facet) => metrics[facet] !== undefined || otherMetrics[facet] !== undefined)
      .map((facet) => ({ facet, bundle: metrics[facet] ?? null, other: otherMetrics[facet] ?? null })),
    counts: { better: count('better'), worse: count('worse'), equal: count('equal') },
    terms: terms.slice(0, listedTerms)
  }
}

function nameOf({ id, version }: BundleReference): BundleReference {
  return { id, version }
}

function isSame(a: BundleReference, b: BundleReference): boolean {
  return a.id === b.id && a.version === b.version
}
