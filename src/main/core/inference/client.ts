import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter } from 'node:path'
import { AppError, Cancelled } from '../../../shared/errors.ts'
import { entryFile } from '../entries.ts'
import { isGpu } from './plan.ts'
import type { FromProcess, PictureAnswer, PictureRequest, Setup, ToProcess } from './protocol.ts'
import type { Provider } from './provider.ts'

/** SECURITY: from 1.29 on, onnxruntime sends telemetry and keeps an id of the machine unless this is switched off. */
const withoutTelemetry = { ORT_DISABLE_TELEMETRY: '1' }

/**
 * Longest time in which a process must have its sessions and have passed the self-test. A GPU's libraries load slowly; on the
 * CPU a network that is of use takes a fraction of that.
 */
const openSeconds = { gpu: 120, cpu: 60 }
/** Threads that load pictures, shared by all threads of the process; libuv takes four by itself. */
const fewestLoaders = 4
/** How much of what a process writes to stderr is kept, to say why it ended. */
const keptStderr = 2000

/** The environment in which the system's loader looks into `folder` first. */
function withLibraries(folder: string): Record<string, string> {
  const before = process.env['LD_LIBRARY_PATH']
  return { LD_LIBRARY_PATH: before ? `${folder}${delimiter}${before}` : folder }
}

export interface ClientEvents {
  /** An answer to a picture. */
  readonly onAnswer: (answer: PictureAnswer) => void
  /** The process ended unexpectedly; `detail` is its last output. */
  readonly onCrash: (detail: string) => void
}

/**
 * One inference process. `open` and `measure` throw AppErrors of the bundle or the provider: where the process ends or does
 * not answer these are `provider.crashed` and `provider.timeout`, and on the CPU, which works for every sound bundle,
 * `bundle.crashed` and `bundle.tooSlow`. What a library said is the `cause`.
 */
export class InferenceClient {
  /** Pictures that must be under way to keep it busy; known once it is open. */
  capacity = 1
  private readonly child: ChildProcess
  private readonly events: ClientEvents
  private stderr = ''
  private ended = false
  private settle: ((outcome: FromProcess | { type: 'crashed'; detail: string } | 'timeout' | Cancelled) => void) | null = null
  private bundle = ''

  /** @param libraries - folder whose libraries come before all others: those of the graphics card (gpu/install.ts) */
  constructor(events: ClientEvents, entry = entryFile('inference-process'), libraries: string | null = null) {
    this.events = events
    this.child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      // glibc keeps an arena per thread otherwise, and pictures of all sizes fragment each.
      env: {
        ...process.env,
        ...withoutTelemetry,
        ...(libraries === null ? {} : withLibraries(libraries)),
        MALLOC_ARENA_MAX: '2',
        UV_THREADPOOL_SIZE: String(Math.max(fewestLoaders, availableParallelism()))
      }
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr = (this.stderr + text).slice(-keptStderr)))
    this.child.on('message', (message: FromProcess) => this.receive(message))
    this.child.on('error', (error) => this.crashed(error.message))
    this.child.on('exit', (code, signal) => this.crashed(`${signal ?? `exit code ${code}`}${this.lastWords()}`))
  }

  get pid(): number | null {
    return this.child.pid ?? null
  }

  /** `seconds`: the time that it may take, where it is not the usual one. */
  async open(setup: Setup, seconds = isGpu(setup.provider) ? openSeconds.gpu : openSeconds.cpu): Promise<void> {
    this.bundle = setup.bundle.manifest.id
    const message = await this.ask({ type: 'open', setup }, setup.provider, seconds)
    if (message.type === 'opened') this.capacity = message.capacity
  }

  /** Pictures per second of the whole path from file to scores, measured for `seconds` on the bundle's test picture. */
  async measure(setup: Setup, seconds: number): Promise<number> {
    const message = await this.ask({ type: 'measure', seconds }, setup.provider, seconds + openSeconds.cpu)
    return message.type === 'measured' ? message.imagesPerSecond : 0
  }

  predict(request: PictureRequest): void {
    this.send({ type: 'predict', request })
  }

  /** Ends the process; what it has under way is lost. */
  close(): void {
    if (this.ended) return
    this.ended = true
    this.settle?.(new Cancelled())
    // Kill instead of disconnecting: a run in progress would keep the process alive until it is done.
    this.child.kill('SIGKILL')
  }

  private ask(message: ToProcess, provider: Provider, seconds: number): Promise<FromProcess> {
    const data = { provider, bundle: this.bundle, seconds }
    const failed = (how: 'crashed' | 'timeout', detail?: string): AppError => {
      const onCpu = how === 'crashed' ? 'bundle.crashed' : 'bundle.tooSlow'
      return new AppError(isGpu(provider) ? `provider.${how}` : onCpu, data, detail)
    }
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(failed('crashed', this.stderr))
      const timer = setTimeout(() => this.settle?.('timeout'), seconds * 1000)
      this.settle = (outcome) => {
        clearTimeout(timer)
        this.settle = null
        if (outcome instanceof Cancelled) reject(outcome)
        else if (outcome === 'timeout') reject(failed('timeout'))
        else if (outcome.type === 'crashed') reject(failed('crashed', outcome.detail))
        else if (outcome.type === 'failed') reject(AppError.told(outcome.error, outcome.error.detail))
        else resolve(outcome)
      }
      this.send(message)
    })
  }

  private send(message: ToProcess): void {
    // A closed channel is a crash; 'exit' follows and says so.
    if (!this.ended && this.child.connected) this.child.send(message, () => undefined)
  }

  private receive(message: FromProcess): void {
    if (this.ended) return
    if (message.type === 'predicted' || message.type === 'refused') this.events.onAnswer(message)
    else this.settle?.(message)
  }

  private crashed(detail: string): void {
    if (this.ended) return
    this.ended = true
    this.settle?.({ type: 'crashed', detail })
    this.events.onCrash(detail)
  }

  private lastWords(): string {
    const line = this.stderr.trim().split('\n').at(-1) ?? ''
    return line === '' ? '' : `: ${line.slice(0, 300)}`
  }
}
