import { AppError, Cancelled } from '../../../shared/errors.ts'
import { InferenceClient } from './client.ts'
import { librariesFor } from './devices.ts'
import type { PictureAnswer, PictureRequest, PictureSource, Prediction, Setup } from './protocol.ts'
import type { Provider } from './provider.ts'

/** A picture that was under way, alone, when the process ended this many times (its first crash counted) is refused. */
const crashesPerPicture = 2
/** A GPU's provider under which the process ends this often without a picture done in between is given up for the next. */
const crashesPerGpu = 2
/** The same for the last provider: it is not the pictures then. */
const crashesInARow = 6

export interface EngineOptions {
  readonly setup: Omit<Setup, 'provider'>
  /** Providers that passed their test, best first; the next one serves when one keeps crashing. */
  readonly providers: readonly Provider[]
  /** The process ends after this long without work, and is started again for the next picture. */
  readonly idleMilliseconds: number
  readonly onFallback: (from: Provider, to: Provider, detail: string) => void
  readonly onCrash: (provider: Provider, detail: string) => void
  readonly entry?: string
  /** Folder of the graphics card's libraries. */
  readonly libraries?: string | null
}

interface Task {
  readonly request: PictureRequest
  readonly resolve: (prediction: Prediction) => void
  readonly reject: (error: unknown) => void
  readonly signal: AbortSignal | null
  crashes: number
}

/**
 * Predicts pictures in an inference process that it starts, restarts after a crash, and ends when idle. After a crash the
 * pictures that were under way are tried again one at a time, so that only the one at fault is refused.
 */
export class Engine {
  private readonly options: EngineOptions
  private readonly waiting: Task[] = []
  private readonly suspects: Task[] = []
  private readonly underWay = new Map<number, Task>()
  private readonly openers: { resolve: () => void; reject: (error: unknown) => void }[] = []
  private client: InferenceClient | null = null
  private ready = false
  private failure: AppError | null = null
  private providerIndex = 0
  private crashesWithoutResult = 0
  private lastId = 0
  private idle: NodeJS.Timeout | undefined

  constructor(options: EngineOptions) {
    this.options = options
  }

  get provider(): Provider {
    return this.options.providers[this.providerIndex] ?? 'cpu'
  }

  /** Process id while a process runs. */
  get pid(): number | null {
    return this.client?.pid ?? null
  }

  /** Pictures that should be asked for at a time to keep every thread busy. */
  get capacity(): number {
    return this.ready ? (this.client?.capacity ?? 1) : 1
  }

  /** Starts the process if it is not there. Throws the AppError that kept it from opening. */
  async open(): Promise<void> {
    if (this.ready) return
    await new Promise<void>((resolve, reject) => {
      this.openers.push({ resolve, reject })
      this.start()
    })
  }

  /** Predicts one picture. AppError: what is wrong with the picture, or `inference.crashed`; Cancelled when `signal` is aborted. */
  predict(source: PictureSource, options: { urgent?: boolean; wantScores?: boolean; signal?: AbortSignal } = {}): Promise<Prediction> {
    const signal = options.signal ?? null
    let cancel = (): void => undefined
    const outcome = new Promise<Prediction>((resolve, reject) => {
      cancel = () => reject(new Cancelled())
      signal?.addEventListener('abort', cancel, { once: true })
      if (signal?.aborted) return reject(new Cancelled())
      if (this.failure) return reject(this.failure)
      const request = { id: ++this.lastId, source, urgent: options.urgent ?? false, wantScores: options.wantScores ?? false }
      const task: Task = { request, resolve, reject, signal, crashes: 0 }
      if (request.urgent) this.waiting.unshift(task)
      else this.waiting.push(task)
      this.pump()
    })
    return outcome.finally(() => signal?.removeEventListener('abort', cancel))
  }

  /** Ends the process and rejects pending pictures with Cancelled. The engine cannot be used afterwards. */
  close(): void {
    this.fail(new AppError('inference.closed'), new Cancelled())
  }

  private start(): void {
    if (this.client) return
    const provider = this.provider
    const client = new InferenceClient(
      { onAnswer: (answer) => this.answered(answer), onCrash: (detail) => this.crashed(provider, detail) },
      this.options.entry,
      librariesFor(provider, this.options.libraries ?? null)
    )
    this.client = client
    client.open({ ...this.options.setup, provider }).then(
      () => {
        this.ready = true
        this.openers.splice(0).forEach((opener) => opener.resolve())
        this.pump()
      },
      (error: unknown) => {
        // A crash is handled where it is reported; for other errors a retry would not help.
        const crashed = error instanceof AppError && ['provider.crashed', 'bundle.crashed'].includes(error.code)
        if (this.client === client && !crashed) this.cannotOpen(provider, error)
      }
    )
  }

  private cannotOpen(provider: Provider, error: unknown): void {
    this.stopClient()
    if (this.fallBack(provider, error instanceof Error ? error.message : String(error))) this.start()
    else this.fail(error instanceof AppError ? error : new AppError('inference.broken', { detail: String(error) }))
  }

  /** Sends pictures: urgent ones at once, others while there is room, suspects of a crash one at a time. */
  private pump(): void {
    clearTimeout(this.idle)
    this.forgetCancelled(this.waiting)
    this.forgetCancelled(this.suspects)
    if (this.waiting.length + this.suspects.length === 0) {
      if (this.underWay.size === 0 && this.client) this.idle = setTimeout(() => this.stopClient(), this.options.idleMilliseconds).unref()
      return
    }
    if (!this.client) this.start()
    if (!this.ready) return
    if (this.suspects.length > 0) {
      if (this.underWay.size === 0) this.dispatch(this.suspects.shift() as Task)
      return
    }
    while (this.waiting.length > 0 && (this.waiting[0]?.request.urgent || this.underWay.size < this.capacity)) {
      this.dispatch(this.waiting.shift() as Task)
    }
  }

  private dispatch(task: Task): void {
    this.underWay.set(task.request.id, task)
    this.client?.predict(task.request)
  }

  private answered(answer: PictureAnswer): void {
    const task = this.underWay.get(answer.id)
    this.underWay.delete(answer.id)
    this.crashesWithoutResult = 0
    if (answer.type === 'predicted') task?.resolve(answer.prediction)
    else task?.reject(AppError.told(answer.error))
    this.pump()
  }

  private crashed(provider: Provider, detail: string): void {
    this.options.onCrash(provider, detail)
    this.crashesWithoutResult++
    const tasks = [...this.underWay.values()]
    const alone = tasks.length === 1
    this.stopClient()
    this.underWay.clear()
    const isLast = this.providerIndex + 1 >= this.options.providers.length
    if (!isLast && this.crashesWithoutResult >= crashesPerGpu && this.fallBack(provider, detail)) {
      tasks.forEach((task) => (task.crashes = 0))
    } else if (this.crashesWithoutResult >= crashesInARow) {
      this.suspects.push(...tasks)
      return this.fail(new AppError('inference.broken', { detail }))
    } else {
      tasks.forEach((task) => task.crashes++)
    }
    for (const task of tasks) {
      // Only the picture that was alone under way is certainly at fault.
      if (alone && task.crashes >= crashesPerPicture) task.reject(new AppError('inference.crashed', { file: fileOf(task), detail }))
      else this.suspects.push(task)
    }
    if (this.openers.length > 0) this.start()
    this.pump()
  }

  private fallBack(from: Provider, detail: string): boolean {
    if (this.providerIndex + 1 >= this.options.providers.length) return false
    this.providerIndex++
    this.crashesWithoutResult = 0
    this.options.onFallback(from, this.provider, detail)
    return true
  }

  private stopClient(): void {
    this.client?.close()
    this.client = null
    this.ready = false
  }

  private fail(error: AppError, toTasks: unknown = error): void {
    this.failure = error
    clearTimeout(this.idle)
    this.stopClient()
    const tasks = [...this.underWay.values(), ...this.suspects.splice(0), ...this.waiting.splice(0)]
    this.underWay.clear()
    tasks.forEach((task) => task.reject(toTasks))
    this.openers.splice(0).forEach((opener) => opener.reject(toTasks))
  }

  private forgetCancelled(tasks: Task[]): void {
    for (let index = tasks.length - 1; index >= 0; index--) if (tasks[index]?.signal?.aborted) tasks.splice(index, 1)
  }
}

function fileOf(task: Task): string {
  return task.request.source.originals[0] ?? task.request.source.screen ?? ''
}
