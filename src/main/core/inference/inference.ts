import type { CoreEvent } from '../../../shared/contract.ts'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { Facet, Language } from '../../../shared/model/facet.ts'
import type { BundleSummary, DeviceReport, ModelCard } from '../../../shared/model/model.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import { logBug, type Log } from '../log/log.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import type { Bundle } from './bundle.ts'
import { createBundleStore } from './bundles.ts'
import { afterFallback, checkDevices, unknownDevice, withClient } from './devices.ts'
import { Engine } from './engine.ts'
import { facetTables } from './manifest.ts'
import type { Provider } from './provider.ts'

/** The process is ended after this time without work; the next picture starts it again. */
const idleMilliseconds = 5 * 60_000

/** The settings that concern inference. They are read whenever work begins, so that a change needs no restart. */
export type DeviceWish = Pick<Settings, 'device' | 'modelBundle'>

/** A lease on the engine. Call `release`, so that a changed setting can end the engine. */
export interface EngineLease {
  readonly engine: Engine
  readonly bundle: Bundle
  release(): void
}

/** Model bundles, devices and the inference process; independent of catalogues (see predictions.ts). */
export interface Inference {
  device(): DeviceReport
  /** Checks the providers again, publishes the result and returns it. Never throws because of a provider or a bundle. */
  check(): Promise<DeviceReport>
  bundles(): Promise<BundleSummary[]>
  /** The bundle for a setting: `id@version`, `id` (newest), a folder; null is the first usable one. AppError if there is none. */
  choose(wanted: string | null, again?: boolean): Promise<Bundle>
  /**
   * Every check of a bundle on the CPU: hashes, shapes, the built-in self-test, within limits of time and memory; with progress
   * events. AppError: what is wrong with it; Cancelled.
   */
  test(folder: string, signal?: AbortSignal): Promise<Bundle>
  /** The model card with its pictures, in English if there is none in `language`. AppError `bundle.notFound` or `bundle.noCard`. */
  card(id: string, version: string, language: Language): Promise<ModelCard>
  /** The engine with the active bundle on the best device; checks devices first if that was not done. AppError if nothing can predict; Cancelled. */
  acquire(signal?: AbortSignal): Promise<EngineLease>
  /** Ends every process. */
  close(): void
}

export interface InferenceOptions {
  /** Folders that hold bundles, the shipped ones first. */
  readonly bundleFolders: readonly string[]
  readonly settings: { get(): DeviceWish }
  readonly vocabulary: Pick<Vocabulary, 'has' | 'assignable'>
  readonly log: Log
  readonly publish: (event: CoreEvent) => void
  readonly idleMilliseconds?: number
  /** Program of the inference process, instead of the built-in one. */
  readonly entry?: string
  /** Folder of the graphics card's libraries; null where they are not set up. */
  readonly libraries?: () => Promise<string | null>
}

interface Served {
  readonly key: string
  readonly engine: Engine
  readonly bundle: Bundle
  leases: number
  stale: boolean
}

export function createInference(options: InferenceOptions): Inference {
  const { log, publish, settings, vocabulary } = options
  const store = createBundleStore(options.bundleFolders, (error, folder) => logBug(log, error, `bundle ${folder}`))
  const closing = new AbortController()
  let report = unknownDevice()
  let served: Served | null = null
  let checking: { key: string; result: Promise<Served | AppError> } | null = null

  function tell(next: DeviceReport): DeviceReport {
    report = next
    publish({ type: 'device', report })
    return report
  }

  /** Indices of terms that may not be suggested because the vocabulary does not have them or nobody may accept them. */
  function unknownTerms(bundle: Bundle): Partial<Record<Facet, number[]>> {
    const unknown: Partial<Record<Facet, number[]>> = {}
    for (const [facet, { terms }] of facetTables(bundle.manifest)) {
      const indices = terms.flatMap((key, index) => (vocabulary.has(key) && vocabulary.assignable(key) ? [] : [index]))
      if (indices.length === 0) continue
      unknown[facet] = indices
      log.warn({ bundle: bundle.manifest.id, facet, terms: indices.map((index) => terms[index]) }, 'terms of the bundle are not suggested')
    }
    return unknown
  }

  /** Stores the result of a bundle's CPU test, and logs the library's message. */
  function keepResult(bundle: Bundle, problem: AppError | null): void {
    const ofBundle = problem?.code.startsWith('bundle.') === true
    if (problem) log.warn({ err: problem, bundle: bundle.manifest.id }, 'bundle not usable')
    store.setTestResult(bundle, ofBundle ? problem : null)
  }

  function retire(old: Served | null): void {
    if (!old) return
    old.stale = true
    if (old.leases === 0) old.engine.close()
  }

  async function examine(bundle: Bundle, device: Settings['device'], key: string): Promise<Served | AppError> {
    tell({ ...unknownDevice(), state: 'checking' })
    const setup = { bundle, unknown: unknownTerms(bundle) }
    const libraries = (await options.libraries?.()) ?? null
    const found = await checkDevices(setup, device, { entry: options.entry, libraries, signal: closing.signal })
    log.info({ providers: found.report.providers, bundle: bundle.manifest.id }, 'devices checked')
    keepResult(bundle, found.problem)
    tell(found.report)
    retire(served)
    served = null
    if (found.usable.length === 0) return found.problem ?? new AppError('inference.broken', { detail: '' })
    const engine = new Engine({
      setup,
      providers: found.usable,
      libraries,
      idleMilliseconds: options.idleMilliseconds ?? idleMilliseconds,
      onCrash: (provider, detail) => log.warn({ provider, detail }, 'inference process ended'),
      onFallback: (from: Provider, to: Provider, detail: string) => void tell(afterFallback(report, from, to, detail)),
      ...(options.entry ? { entry: options.entry } : {})
    })
    served = { key, engine, bundle, leases: 0, stale: false }
    return served
  }

  /** One check at a time for a bundle and device; concurrent callers get the same answer. */
  async function checked(again: boolean): Promise<Served> {
    const { device, modelBundle } = settings.get()
    const bundle = await store.choose(modelBundle, again)
    const key = `${bundle.sha256} ${bundle.folder} ${device}`
    if (!again && served?.key === key) return served
    if (checking?.key !== key) {
      const result = examine(bundle, device, key)
      checking = { key, result }
      const done = (): void => {
        if (checking?.result === result) checking = null
      }
      result.then(done, done)
    }
    const outcome = await checking.result
    if (outcome instanceof AppError) throw outcome
    return outcome
  }

  /** Puts an AppError into the report; rethrows a bug. */
  function tellFailure(error: unknown): void {
    if (!(error instanceof AppError)) throw error
    const { code, data } = error
    if (report.error?.code !== code)
      tell({ ...unknownDevice(), state: 'failed', checkedAt: new Date().toISOString(), error: { code, data } })
  }

  return {
    device: () => report,
    async check() {
      await checked(true).catch(tellFailure)
      return report
    },
    bundles: () => store.list(settings.get().modelBundle),
    choose: (wanted, again) => store.choose(wanted, again),
    async test(folder, signal) {
      const either = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
      const bundle = await store.read(folder)
      const { id, version } = bundle.manifest
      publish({ type: 'bundleCheck', bundle: { id, version }, state: 'begun' })
      try {
        await withClient({ entry: options.entry }, either, (client) =>
          client.open({ bundle, provider: 'cpu', unknown: unknownTerms(bundle) })
        )
        keepResult(bundle, null)
        return bundle
      } catch (error) {
        if (error instanceof AppError) keepResult(bundle, error)
        throw error
      } finally {
        publish({ type: 'bundleCheck', bundle: { id, version }, state: 'ended' })
      }
    },
    card: (id, version, language) => store.card(id, version, language),
    async acquire(signal) {
      const ready = checked(false).catch((error: unknown) => {
        if (!(error instanceof Cancelled)) tellFailure(error)
        throw error
      })
      const entry = await orCancelled(ready, signal)
      entry.leases++
      let released = false
      return {
        engine: entry.engine,
        bundle: entry.bundle,
        release() {
          if (released) return
          released = true
          entry.leases--
          if (entry.stale && entry.leases === 0) entry.engine.close()
        }
      }
    },
    close() {
      closing.abort()
      served?.engine.close()
      served = null
    }
  }
}

/** The result of `work`, or Cancelled as soon as `signal` is aborted; the work itself continues for other callers. */
async function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  work.catch(() => undefined)
  let cancel = (): void => undefined
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(new Cancelled())
    if (signal.aborted) cancel()
    signal.addEventListener('abort', cancel, { once: true })
  })
  try {
    return await Promise.race([work, cancelled])
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
