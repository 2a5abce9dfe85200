import { availableParallelism } from 'node:os'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { DeviceReport, ProviderReport } from '../../../shared/model/model.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import { firstLine } from '../lib/first-line.ts'
import { InferenceClient } from './client.ts'
import type { Setup } from './protocol.ts'
import type { Provider } from './provider.ts'

/** How long a provider's speed is measured. */
const measureSeconds = 1

/** The result of checking this machine's providers: the report for the window, and those that passed, best first. */
export interface DeviceCheck {
  readonly report: DeviceReport
  readonly usable: readonly Provider[]
  /** Why the CPU, the last resort, did not pass; that is a fault of the bundle or of the installation. */
  readonly problem: AppError | null
}

/** The report before anything was tried. */
export function unknownDevice(): DeviceReport {
  return {
    state: 'unknown',
    device: 'cpu',
    cores: availableParallelism(),
    imagesPerSecond: null,
    providers: [],
    checkedAt: null,
    error: null
  }
}

/** The fast provider that belongs to a system, null if there is none. */
function ownProvider(platform: NodeJS.Platform): Provider | null {
  if (platform === 'linux') return 'cuda'
  if (platform === 'win32') return 'dml'
  return platform === 'darwin' ? 'coreml' : null
}

/** Providers to try for a setting, in order, and those of this system that are left alone, with the reason. */
export function providersFor(
  device: Settings['device'],
  platform: NodeJS.Platform
): { tried: Provider[]; left: { provider: Provider; reason: string }[] } {
  const own = ownProvider(platform)
  const all: Provider[] = [...(own ? [own] : []), 'webgpu', 'cpu']
  const wished = device === 'auto' ? own : device
  const tried: Provider[] = [...new Set([...(wished ? [wished] : []), 'cpu' as const])]
  const left = all.filter((provider) => !tried.includes(provider))
  return {
    tried,
    left: left.map((provider) => ({
      provider,
      reason: provider === 'webgpu' && device === 'auto' ? 'provider.experimental' : 'provider.notChosen'
    }))
  }
}

/**
 * Tries every provider in a process of its own: it must create its sessions, predict the bundle's test picture within the
 * manifest's tolerance and run for a second. A failure is a state of that provider, never an error of the check. Throws Cancelled
 * if `signal` ends it.
 */
export async function checkDevices(
  setup: Omit<Setup, 'provider'>,
  device: Settings['device'],
  options: { platform?: NodeJS.Platform; entry?: string | undefined; libraries?: string | null; signal?: AbortSignal } = {}
): Promise<DeviceCheck> {
  const { tried, left } = providersFor(device, options.platform ?? process.platform)
  const providers: ProviderReport[] = []
  const usable: Provider[] = []
  let problem: AppError | null = null
  for (const provider of tried) {
    const result = await tryProvider({ ...setup, provider }, options)
    if (result instanceof AppError) {
      if (provider === 'cpu') problem = result
      providers.push({ provider, state: 'off', imagesPerSecond: null, reason: reasonOf(result, provider), detail: detailOf(result) })
    } else {
      usable.push(provider)
      providers.push({ provider, state: usable.length === 1 ? 'inUse' : 'available', imagesPerSecond: result, reason: null, detail: null })
    }
  }
  for (const { provider, reason } of left) providers.push({ provider, state: 'off', imagesPerSecond: null, reason, detail: null })
  const inUse = providers.find((entry) => entry.state === 'inUse')
  const error = inUse || !problem ? null : { code: problem.code, data: problem.data }
  const report: DeviceReport = {
    ...unknownDevice(),
    state: inUse ? 'ready' : 'failed',
    device: inUse?.provider ?? 'cpu',
    imagesPerSecond: inUse?.imagesPerSecond ?? null,
    providers,
    checkedAt: new Date().toISOString(),
    error
  }
  return { report, usable, problem }
}

/** The report after a provider that passed its test kept crashing at work and the next one took over. */
export function afterFallback(report: DeviceReport, from: Provider, to: Provider, detail: string): DeviceReport {
  const providers = report.providers.map((entry): ProviderReport => {
    if (entry.provider === from) return { ...entry, state: 'off', reason: 'provider.crashed', detail }
    return entry.provider === to ? { ...entry, state: 'inUse' } : entry
  })
  const imagesPerSecond = providers.find((entry) => entry.provider === to)?.imagesPerSecond ?? null
  return { ...report, device: to, imagesPerSecond, providers }
}

async function tryProvider(
  setup: Setup,
  { entry, signal, libraries }: { entry?: string | undefined; libraries?: string | null; signal?: AbortSignal }
): Promise<number | AppError> {
  const program = { entry, libraries: librariesFor(setup.provider, libraries ?? null) }
  try {
    return await withClient(program, signal, async (client) => {
      await client.open(setup)
      return await client.measure(setup, measureSeconds)
    })
  } catch (error) {
    if (error instanceof AppError) return error
    if (error instanceof Cancelled) throw error
    return new AppError('provider.unusable', { provider: setup.provider }, error)
  }
}

/** The folder of the graphics card's libraries for a process of this provider: the others work without them, whatever their state. */
export function librariesFor(provider: Provider, libraries: string | null): string | null {
  return provider === 'cuda' ? libraries : null
}

/** Runs `work` with a separate process, which ends afterwards, or at once if `signal` is aborted (Cancelled). */
export async function withClient<T>(
  { entry, libraries = null }: { entry?: string | undefined; libraries?: string | null },
  signal: AbortSignal | undefined,
  use: (client: InferenceClient) => Promise<T>
): Promise<T> {
  if (signal?.aborted) throw new Cancelled()
  const client = new InferenceClient({ onAnswer: () => undefined, onCrash: () => undefined }, entry, libraries)
  const close = (): void => client.close()
  signal?.addEventListener('abort', close, { once: true })
  try {
    return await use(client)
  } finally {
    signal?.removeEventListener('abort', close)
    client.close()
  }
}

/** A fault of the bundle that only a GPU shows is the provider's: on the CPU the same bundle may well pass. */
function reasonOf(error: AppError, provider: Provider): string {
  return provider !== 'cpu' && error.code.startsWith('bundle.') ? 'provider.selfTest' : error.code
}

/** What a technician can use: the library's own words, or the score that differs. */
function detailOf({ data, cause }: AppError): string | null {
  if (cause !== undefined) return firstLine(cause)
  return data.found === undefined ? null : `${data.term ?? data.name}: ${data.found}, not ${data.expected}`
}
