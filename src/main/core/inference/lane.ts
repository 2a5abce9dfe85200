import { Worker } from 'node:worker_threads'
import { entryFile } from '../entries.ts'
import { runsAhead, type LanePlan } from './plan.ts'
import type { FromThread, PictureAnswer, PictureRequest, Setup, ThreadSetup, ToThread } from './protocol.ts'

interface Thread {
  readonly worker: Worker
  underWay: number
}

/** A thread's JavaScript holds little; pixels and sessions lie outside of its heap. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 }

/** A queue of pictures and the threads that share it. Urgent pictures go first, the newest of them before the others. */
export class Lane {
  /** Pictures that keep every thread of the lane busy. */
  capacity = 0
  private readonly threads: Thread[]
  private readonly answer: (answer: PictureAnswer) => void
  private readonly queue: PictureRequest[] = []
  private perThread = 0

  private constructor(threads: Thread[], answer: (answer: PictureAnswer) => void) {
    this.threads = threads
    this.answer = answer
  }

  /**
   * Starts the lane's threads and waits until their sessions are there; with `selfTest` the first compares the bundle's
   * test picture. Rejects with the ErrorMessage of the first that fails.
   */
  static async start(setup: Setup, plan: LanePlan, selfTest: boolean, answer: (answer: PictureAnswer) => void): Promise<Lane> {
    const threads = Array.from({ length: plan.count }, (_, index): Thread => {
      const workerData: ThreadSetup = { ...setup, ...plan, selfTest: selfTest && index === 0 }
      return { worker: new Worker(entryFile('inference-thread'), { workerData, resourceLimits }), underWay: 0 }
    })
    const lane = new Lane(threads, answer)
    const batches = await Promise.all(threads.map((thread) => lane.connect(thread)))
    lane.perThread = Math.max(...batches) * runsAhead
    lane.capacity = lane.perThread * plan.count
    return lane
  }

  get isIdle(): boolean {
    return this.queue.length === 0 && this.threads.every((thread) => thread.underWay === 0)
  }

  submit(request: PictureRequest): void {
    if (request.urgent) this.queue.unshift(request)
    else this.queue.push(request)
    this.dispatch()
  }

  /** Lets the threads finish their pictures and release their sessions. */
  close(): void {
    for (const { worker } of this.threads) worker.postMessage({ type: 'close' } satisfies ToThread)
  }

  private connect(thread: Thread): Promise<number> {
    return new Promise((resolve, reject) => {
      thread.worker.on('message', (message: FromThread) => {
        if (message.type === 'ready') return resolve(message.batch)
        if (message.type === 'failed') return reject(message.error)
        thread.underWay--
        this.answer(message)
        this.dispatch()
      })
      // A thread that fails means a bug or a broken library: end the process; its owner starts another and retries.
      thread.worker.on('error', (error) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
        process.exit(70)
      })
    })
  }

  private dispatch(): void {
    for (;;) {
      const next = this.queue[0]
      const freest = this.threads.reduce((best, thread) => (thread.underWay < best.underWay ? thread : best))
      if (!next || (freest.underWay >= this.perThread && !next.urgent)) return
      this.queue.shift()
      freest.underWay++
      freest.worker.postMessage({ type: 'predict', request: next } satisfies ToThread)
    }
  }
}
