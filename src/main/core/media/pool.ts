import { AppError, Cancelled } from '../../../shared/errors.ts'
import { createHeavyGate } from './heavy.ts'
import type { AnswerMessage, MediaAnswers, MediaRequest } from './messages.ts'
import { startProcess, startThread, type MediaWorker, type WorkerEvents } from './workers.ts'

/** Thrown for the request at which a worker died. */
export class WorkerDied extends Error {
  constructor() {
    super('the media worker died')
    this.name = 'WorkerDied'
  }
}

export interface PoolOptions {
  /** Program of the workers. */
  readonly file: string
  readonly size: number
  /** Requests that a worker holds: with two it has the next one at hand when one is done, with one nobody shares its fate. */
  readonly held: number
  /** Threads for bulk work, processes where a crash is expected. */
  readonly as: 'threads' | 'processes'
  /** Idle workers end after this time, in milliseconds: their memory is wanted elsewhere. */
  readonly idleAfter: number
}

/** Workers that share a queue. They start when there is work and end when there is none. */
export interface MediaPool {
  run<K extends MediaRequest['kind']>(request: Extract<MediaRequest, { kind: K }>, first?: boolean): Promise<MediaAnswers[K]>
  close(): Promise<void>
}

interface Task {
  readonly request: MediaRequest
  resolve(answer: MediaAnswers[keyof MediaAnswers]): void
  reject(error: unknown): void
}

interface Seat {
  readonly worker: MediaWorker
  /** Requests sent and not answered, in order: the first is being worked on. */
  readonly sent: { readonly id: number; readonly task: Task }[]
}

export function createPool(options: PoolOptions): MediaPool {
  const gate = createHeavyGate()
  const queue: Task[] = []
  const seats = new Set<Seat>()
  let nextId = 1
  let idle: NodeJS.Timeout | null = null
  let closed = false

  function open(): Seat {
    const events: WorkerEvents = { answer: (message) => settle(seat, message), gone: () => bury(seat) }
    const worker = options.as === 'threads' ? startThread(options.file, gate, events) : startProcess(options.file, events)
    const seat: Seat = { worker, sent: [] }
    seats.add(seat)
    return seat
  }

  function settle(seat: Seat, message: AnswerMessage): void {
    const at = seat.sent.findIndex(({ id }) => id === message.id)
    const [entry] = seat.sent.splice(at, 1)
    if ('answer' in message) entry?.task.resolve(message.answer)
    else if ('problem' in message) entry?.task.reject(new AppError(message.problem.code, message.problem.data))
    else entry?.task.reject(new Error(message.bug))
    dispatch()
  }

  /** A worker is gone: what it was at is the culprit, what it had at hand goes back to the head of the queue. */
  function bury(seat: Seat): void {
    seats.delete(seat)
    const [culprit, ...innocent] = seat.sent.splice(0).map(({ task }) => task)
    culprit?.reject(closed ? new Cancelled() : new WorkerDied())
    if (closed) for (const task of innocent) task.reject(new Cancelled())
    else queue.unshift(...innocent)
    dispatch()
  }

  function nextSeat(): Seat | null {
    const free = [...seats].filter(({ sent }) => sent.length < options.held).sort((a, b) => a.sent.length - b.sent.length)[0]
    if (free !== undefined && free.sent.length === 0) return free
    return seats.size < options.size ? open() : (free ?? null)
  }

  function dispatch(): void {
    if (closed) return
    while (queue.length > 0) {
      const seat = nextSeat()
      if (seat === null) break
      const task = queue.shift() as Task
      const id = nextId++
      seat.sent.push({ id, task })
      seat.worker.send({ id, request: task.request })
    }
    watchIdle()
  }

  function watchIdle(): void {
    if (idle !== null) clearTimeout(idle)
    const busy = queue.length > 0 || [...seats].some(({ sent }) => sent.length > 0)
    idle = busy || seats.size === 0 ? null : setTimeout(() => void endAll(), options.idleAfter).unref()
  }

  async function endAll(): Promise<void> {
    await Promise.all([...seats].map(({ worker }) => worker.end()))
  }

  return {
    run: (request, first = false) =>
      new Promise((resolve, reject) => {
        if (closed) throw new Cancelled()
        const task: Task = { request, resolve: resolve as Task['resolve'], reject }
        if (first) queue.unshift(task)
        else queue.push(task)
        dispatch()
      }),
    close: async () => {
      closed = true
      if (idle !== null) clearTimeout(idle)
      for (const task of queue.splice(0)) task.reject(new Cancelled())
      await endAll()
    }
  }
}
