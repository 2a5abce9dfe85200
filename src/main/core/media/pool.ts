import { AppError, Cancelled } from '../../../shared/errors.ts'
import type { HeavyGate } from './heavy.ts'
import { secondsFor } from './limits.ts'
import type { AnswerMessage, MediaAnswers, MediaRequest, WorkerMessage } from './messages.ts'
import { startWorker, type MediaWorker, type WorkerEvents } from './workers.ts'

/**
 * Why a worker gave no answer: it `died`; it was ended because it `stalled` while reading (the disk does not answer), was `slow`,
 * or held too much memory (`overfull`).
 */
export type Failure = 'died' | 'stalled' | 'slow' | 'overfull'

/** Thrown for the request at which a worker failed. */
export class WorkerFailed extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(`the media process failed: ${failure}`)
    this.name = 'WorkerFailed'
    this.failure = failure
  }
}

export interface PoolOptions {
  /** Program of the workers. */
  readonly file: string
  readonly size: number
  /** Requests that a worker holds: with two, the next one is ready when one is done; with one, a crash affects no other request. */
  readonly held: number
  /** Whether it examines suspect files. */
  readonly apart: boolean
  readonly gate: HeavyGate
  /** A worker ended before it could work, or at a request: how, and what it said last. */
  readonly onDeath: (how: string) => void
  /** Idle workers end after this time, in milliseconds, to free their memory. */
  readonly idleAfter: number
  /** One second of the clock that judges workers, in milliseconds; tests have a faster one. */
  readonly second: number
}

export interface RunOptions {
  /** Takes precedence over all waiting requests. */
  readonly first?: boolean
  /** Cancels the request: at once if it is waiting, else after a moment in which it may end by itself. */
  readonly signal?: AbortSignal
}

/** Workers that share a queue. They start when there is work and end when there is none. */
export interface MediaPool {
  /** @throws WorkerFailed, Cancelled, and whatever the work itself found */
  run<K extends MediaRequest['kind']>(request: Extract<MediaRequest, { kind: K }>, options?: RunOptions): Promise<MediaAnswers[K]>
  close(): Promise<void>
}

/** Workers that may end one after the other before one of them can work; then nothing can be done. */
const mostUnstarted = 3

/** Seconds that running work has to end after it was cancelled. */
const graceSeconds = 2

interface Task {
  readonly request: MediaRequest
  resolve(answer: MediaAnswers[keyof MediaAnswers]): void
  reject(error: unknown): void
}

interface Seat {
  readonly worker: MediaWorker
  /** Requests sent and not answered, in order: the first is being worked on. */
  readonly sent: { readonly id: number; readonly task: Task }[]
  /** Whether it has said that it can work. */
  started: boolean
  /** Seconds spent on the first request, and how many it has. */
  spent: number
  allowed: number
  /** Whether the first request has read its file to the end. */
  read: boolean
  /** Whether it waits to decode a heavy picture: that is not its fault. */
  waiting: boolean
  /** Why it is being ended. */
  failure: Failure | null
}

export function createPool(options: PoolOptions): MediaPool {
  const { gate } = options
  const queue: Task[] = []
  const seats = new Set<Seat>()
  let nextId = 1
  let idle: NodeJS.Timeout | null = null
  let clock: NodeJS.Timeout | null = null
  let closed = false
  let unstarted = 0

  function open(): Seat {
    const events: WorkerEvents = { message: (message) => hear(seat, message), gone: (how) => lose(seat, how) }
    const worker = startWorker(options.file, options.apart, events)
    const seat: Seat = { worker, sent: [], started: false, spent: 0, allowed: 0, read: false, waiting: false, failure: null }
    begin(seat)
    seats.add(seat)
    return seat
  }

  /** Sets the clock for the next request of a seat. */
  function begin(seat: Seat): void {
    seat.spent = 0
    seat.allowed = secondsFor(0)
    seat.read = false
    seat.waiting = false
  }

  function hear(seat: Seat, message: WorkerMessage): void {
    if ('started' in message) {
      seat.started = true
      unstarted = 0
    } else if ('size' in message) seat.allowed = secondsFor(message.size)
    else if ('read' in message) seat.read = true
    else if ('overfull' in message) seat.failure = 'overfull'
    else if (!('heavy' in message)) settle(seat, message)
    else if (message.heavy === 'leave') gate.leave(seat)
    else {
      seat.waiting = true
      gate.ask(seat, () => {
        seat.waiting = false
        seat.worker.send({ enter: true })
      })
    }
  }

  function settle(seat: Seat, message: AnswerMessage): void {
    const at = seat.sent.findIndex(({ id }) => id === message.id)
    if (at === -1) return
    const [entry] = seat.sent.splice(at, 1)
    begin(seat)
    if ('answer' in message) entry?.task.resolve(message.answer)
    else if ('problem' in message) entry?.task.reject(AppError.told(message.problem))
    else entry?.task.reject(new Error(message.bug))
    dispatch()
  }

  /** A worker has ended by itself. One that never could work blames no file: another one tries, a few times. */
  function lose(seat: Seat, how: string): void {
    if (!seats.has(seat)) return
    if (!closed && seat.failure === null) options.onDeath(how)
    if (seat.started || closed) return bury(seat)
    seats.delete(seat)
    queue.unshift(...seat.sent.splice(0).map(({ task }) => task))
    if (++unstarted >= mostUnstarted) {
      unstarted = 0
      const problem = new AppError('media.notStarted', { reason: reasonOf(how) })
      for (const task of queue.splice(0)) task.reject(problem)
    }
    dispatch()
  }

  /** A worker has ended: its current request is at fault, the next one goes back to the head of the queue. */
  function bury(seat: Seat): void {
    seats.delete(seat)
    gate.leave(seat)
    const [culprit, ...innocent] = seat.sent.splice(0).map(({ task }) => task)
    culprit?.reject(closed ? new Cancelled() : new WorkerFailed(seat.failure ?? 'died'))
    if (closed) for (const task of innocent) task.reject(new Cancelled())
    else queue.unshift(...innocent)
    dispatch()
  }

  /** Ends a worker without waiting for it, as the system may take long. */
  function end(seat: Seat, failure: Failure): void {
    seat.failure = failure
    void seat.worker.end()
    bury(seat)
  }

  function tick(): void {
    for (const seat of [...seats]) {
      if (seat.sent.length === 0 || seat.waiting) continue
      seat.spent += 1
      if (seat.spent > seat.allowed) end(seat, seat.read ? 'slow' : 'stalled')
    }
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
      if (seat.sent.length === 1) begin(seat)
      seat.worker.send({ id, request: task.request })
    }
    watch()
  }

  /** The clock runs while there is work; workers without any end after a while. */
  function watch(): void {
    const busy = queue.length > 0 || [...seats].some(({ sent }) => sent.length > 0)
    if (!busy && clock !== null) {
      clearInterval(clock)
      clock = null
    } else if (busy) clock ??= setInterval(tick, options.second)
    if (idle !== null) clearTimeout(idle)
    idle = busy || seats.size === 0 ? null : setTimeout(() => void endAll(), options.idleAfter).unref()
  }

  async function endAll(): Promise<void> {
    await Promise.all([...seats].map(({ worker }) => worker.end()))
  }

  /** Cancels a request. A worker that is doing it has a moment to end; one that only holds it is not disturbed. */
  function giveUp(task: Task): void {
    const waits = queue.indexOf(task)
    if (waits !== -1) queue.splice(waits, 1)
    const seat = [...seats].find(({ sent }) => sent.some((entry) => entry.task === task))
    const at = seat?.sent.findIndex((entry) => entry.task === task) ?? -1
    if (seat !== undefined && at === 0) {
      seat.allowed = Math.min(seat.allowed, seat.spent + graceSeconds)
      seat.waiting = false
      return
    }
    seat?.sent.splice(at, 1)
    task.reject(new Cancelled())
  }

  return {
    run: (request, { first = false, signal } = {}) =>
      new Promise((resolve, reject) => {
        if (closed || signal?.aborted === true) throw new Cancelled()
        const abort = (): void => giveUp(task)
        const done = (): void => signal?.removeEventListener('abort', abort)
        const task: Task = {
          request,
          resolve: (answer) => {
            done()
            resolve(answer as never)
          },
          reject: (error) => {
            done()
            reject(error instanceof WorkerFailed && signal?.aborted === true ? new Cancelled() : (error as Error))
          }
        }
        signal?.addEventListener('abort', abort, { once: true })
        if (first) queue.unshift(task)
        else queue.push(task)
        dispatch()
      }),
    close: async () => {
      closed = true
      if (idle !== null) clearTimeout(idle)
      if (clock !== null) clearInterval(clock)
      for (const task of queue.splice(0)) task.reject(new Cancelled())
      const ending = endAll()
      for (const seat of [...seats]) bury(seat)
      await ending
    }
  }
}

/** The line that names an error in what a program said last, else its first one, cut to what a sentence can hold. */
function reasonOf(how: string): string {
  const lines = how.split('\n').map((line) => line.trim())
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? '').slice(0, 200)
}
