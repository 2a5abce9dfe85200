import type { BundleSummary } from '../../../../shared/model/model.ts'
import type { Settings } from '../../../../shared/model/settings.ts'

/** Status of a model: in use; trained and never used; used before; shipped with the program; unusable. */
export const standings = ['inUse', 'onTrial', 'archived', 'shipped', 'unusable'] as const
export type Standing = (typeof standings)[number]

/** Symbols for each status. */
export const standingSigns: Record<Standing, string> = { inUse: '●', onTrial: '◐', archived: '○', shipped: '○', unusable: '!' }

/** The status of a bundle, from the history of activations. */
export function standingOf(bundle: BundleSummary, history: Settings['modelHistory']): Standing {
  if (bundle.problem !== null) return 'unusable'
  if (bundle.active) return 'inUse'
  if (bundle.source === 'shipped') return 'shipped'
  const name = `${bundle.id}@${bundle.version}`
  return history.some((step) => step.bundle === name) ? 'archived' : 'onTrial'
}

/** The models in the order of the list: in use first, then by day, the newest first; those that may not be used stand last. */
export function inOrder(bundles: readonly BundleSummary[]): readonly BundleSummary[] {
  const rank = (bundle: BundleSummary): number => (bundle.active ? 0 : bundle.problem === null ? 1 : 2)
  return [...bundles].sort((a, b) => rank(a) - rank(b) || b.created.localeCompare(a.created))
}

/** The newest trained model that waits for its trial; null: none. */
export function candidateOf(bundles: readonly BundleSummary[], history: Settings['modelHistory']): BundleSummary | null {
  return inOrder(bundles).find((bundle) => standingOf(bundle, history) === 'onTrial') ?? null
}
