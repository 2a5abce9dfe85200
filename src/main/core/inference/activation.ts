import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { BundleReference, BundleSummary } from '../../../shared/model/model.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import type { SettingsStore } from '../settings/settings.ts'
import type { Inference } from './inference.ts'

/** Maximum number of activations; the oldest are dropped. */
const keptActivations = 200

type History = Settings['modelHistory']

/** What choosing the active bundle needs. */
export interface ActivationParts {
  readonly inference: Pick<Inference, 'bundles' | 'choose' | 'test'>
  readonly settings: SettingsStore
  readonly publish: (event: CoreEvent) => void
}

/**
 * The stack of chosen bundles: an activation pushes one, `back` pops one. The last one is in force.
 */
export function pileOf(history: History): (string | null)[] {
  const pile: (string | null)[] = []
  for (const { how, bundle } of history) {
    if (how === 'activated') pile.push(bundle)
    else pile.pop()
  }
  return pile
}

/** Every bundle; marks the one to which `back` would lead. */
export async function listBundles(parts: ActivationParts): Promise<BundleSummary[]> {
  const [bundles, before] = await Promise.all([parts.inference.bundles(), findPrevious(parts)])
  return bundles.map((bundle) => ({
    ...bundle,
    previous: before !== null && bundle.problem === null && isSame(bundle, before.bundle)
  }))
}

/**
 * Activates a bundle after it has passed every check. Stored and recorded in the settings. Existing suggestions stay with their
 * run. AppError `bundle.notFound`, or what is wrong with it; Cancelled.
 */
export async function activateBundle(parts: ActivationParts, reference: BundleReference, signal?: AbortSignal): Promise<BundleSummary[]> {
  const { inference, settings } = parts
  const wish = `${reference.id}@${reference.version}`
  await tested(parts, (await inference.choose(wish, true)).folder, signal)
  const before = settings.get()
  const active = await inference.choose(before.modelBundle).catch(() => null)
  if (active === null || !isSame(active.manifest, reference)) {
    // The first activation also records what was in use until then, so that there is a way back to it.
    const history = pileOf(before.modelHistory).length > 0 ? before.modelHistory : [record('activated', before.modelBundle)]
    await keep(parts, wish, [...history, record('activated', wish)])
  }
  return await tell(parts)
}

/** Uses the bundle again that was in use before the active one. AppError `models.noPrevious`, or what is wrong with it; Cancelled. */
export async function goBack(parts: ActivationParts, signal?: AbortSignal): Promise<BundleSummary[]> {
  const previous = await findPrevious(parts)
  if (previous === null) throw new AppError('models.noPrevious')
  await tested(parts, previous.folder, signal)
  const backs = Array.from({ length: previous.steps }, () => record('back', previous.wish))
  await keep(parts, previous.wish, [...parts.settings.get().modelHistory, ...backs])
  return await tell(parts)
}

/** Tests a bundle; a failure is also published, as a reason in the list of bundles. */
async function tested(parts: ActivationParts, folder: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await parts.inference.test(folder, signal)
  } catch (error) {
    if (error instanceof AppError) await tell(parts)
    throw error
  }
}

interface Previous {
  readonly bundle: BundleReference
  readonly folder: string
  readonly wish: string | null
  /** How many activations to pop: more than one if bundles in between are gone from the disk. */
  readonly steps: number
}

/** The nearest bundle under the active one that is still there and can be used. */
async function findPrevious({ inference, settings }: ActivationParts): Promise<Previous | null> {
  const pile = pileOf(settings.get().modelHistory).slice(0, -1).reverse()
  const active = await inference.choose(settings.get().modelBundle).catch(() => null)
  for (const [index, wish] of pile.entries()) {
    const found = await inference.choose(wish).catch(() => null)
    if (found === null || (active !== null && isSame(found.manifest, active.manifest))) continue
    const { id, version } = found.manifest
    return { bundle: { id, version }, folder: found.folder, wish, steps: index + 1 }
  }
  return null
}

async function keep({ settings, publish }: ActivationParts, modelBundle: string | null, history: History): Promise<void> {
  const changed = await settings.set({ modelBundle, modelHistory: history.slice(-keptActivations) })
  publish({ type: 'settings', settings: changed })
}

/** The current bundles; also published. */
async function tell(parts: ActivationParts): Promise<BundleSummary[]> {
  const bundles = await listBundles(parts)
  parts.publish({ type: 'models', bundles })
  return bundles
}

function record(how: History[number]['how'], bundle: string | null): History[number] {
  return { how, bundle, at: new Date().toISOString() }
}

function isSame(a: BundleReference, b: BundleReference): boolean {
  return a.id === b.id && a.version === b.version
}
