/**
 * The inference process: a plain Node program that owns every session of the active bundle, so that a crash of a provider's
 * library ends this process and not the core. It answers over the IPC channel it was forked with, and ends when that closes.
 */
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { Lane } from './lane.ts'
import { openingMemory, planOf } from './plan.ts'
import type { ErrorMessage, FromProcess, PictureAnswer, PictureRequest, Setup, ToProcess } from './protocol.ts'

type LaneKind = 'single' | 'bulk'

/** Threads for bulk work are given back when no picture came for this long. */
const bulkIdleMilliseconds = 30_000
/** How often memory is checked while a bundle is opened. A machine fills some 100 MB in this time. */
const memoryMilliseconds = 50
/** Runs before a measurement counts: the first ones allocate and, on a GPU, choose kernels. */
const warmUpMilliseconds = 300

let setup: Setup | null = null
/** One lane at a time, so that idle sessions take no memory. */
let current: { readonly kind: LaneKind; readonly lane: Promise<Lane> } | null = null
let idle: NodeJS.Timeout | undefined
/** Pictures of a measurement under way, by their (negative) ids. */
const measuring = new Map<number, () => void>()

function send(message: FromProcess): void {
  process.send?.(message)
}

function answer(message: PictureAnswer): void {
  const measured = measuring.get(message.id)
  if (measured) measured()
  else send(message)
}

async function open(next: Setup): Promise<void> {
  setup = next
  const plan = planOf(next)
  const watch = setInterval(() => checkMemory(next), memoryMilliseconds)
  try {
    current = { kind: 'single', lane: Lane.start(next, plan.single, true, answer) }
    await current.lane
  } finally {
    clearInterval(watch)
  }
  send({ type: 'opened', capacity: plan.capacity })
}

/** Ends the process if a bundle takes more memory than allowed; the library has no such limit. */
function checkMemory({ bundle, ...rest }: Setup): void {
  const limit = openingMemory({ bundle, ...rest })
  if (limit === null || process.memoryUsage.rss() <= limit) return
  const data = { bundle: bundle.manifest.id, gigabytes: Math.round(limit / 1e8) / 10 }
  process.send?.({ type: 'failed', error: { code: 'bundle.memory', data } } satisfies FromProcess, () => process.exit(71))
}

/**
 * The lane for a picture. Bulk threads, once started, take single pictures too (at the head of their queue), since they
 * hold the cores anyway; where the plan has one lane for both there is nothing to switch.
 */
function laneFor(kind: LaneKind): Promise<Lane> {
  if (!setup) throw new Error('predict before open')
  const plan = planOf(setup)
  const before = current
  if (!before) current = { kind: 'single', lane: Lane.start(setup, plan.single, false, answer) }
  if (kind === 'bulk' && plan.bulk && current?.kind !== 'bulk') {
    const lane = Lane.start(setup, plan.bulk, false, answer)
    current = { kind: 'bulk', lane }
    void lane.then(async () => (await before?.lane)?.close())
  }
  if (kind === 'bulk') keepBulk()
  return (current as NonNullable<typeof current>).lane
}

function keepBulk(): void {
  clearTimeout(idle)
  idle = setTimeout(() => void releaseBulk(), bulkIdleMilliseconds)
}

async function releaseBulk(): Promise<void> {
  const released = current
  if (released?.kind !== 'bulk') return
  const lane = await released.lane
  if (!lane.isIdle) return keepBulk()
  current = null
  lane.close()
}

async function predict(request: PictureRequest): Promise<void> {
  const lane = await laneFor(request.urgent ? 'single' : 'bulk')
  lane.submit(request)
}

/** Predicts the bundle's test picture repeatedly, through the same path as any other, for `seconds`. */
async function measure(seconds: number): Promise<void> {
  const lane = await laneFor('bulk')
  const { bundle } = setup as Setup
  const source = { originals: [join(bundle.folder, bundle.manifest.selfTest.image)], bytes: null, pixels: null, screen: null }
  let [id, done] = [0, 0]
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const own = --id
      measuring.set(own, () => {
        measuring.delete(own)
        done++
        resolve()
      })
      lane.submit({ id: own, source, urgent: false, wantScores: false })
    })
  const repeat = async (until: number): Promise<void> => {
    while (performance.now() < until) await one()
  }
  const together = async (until: number): Promise<void> => {
    await Promise.all(Array.from({ length: lane.capacity }, () => repeat(until)))
  }
  await together(performance.now() + warmUpMilliseconds)
  done = 0
  const start = performance.now()
  await together(start + seconds * 1000)
  send({ type: 'measured', imagesPerSecond: (done * 1000) / (performance.now() - start) })
}

function isErrorMessage(error: unknown): error is ErrorMessage {
  return typeof error === 'object' && error !== null && 'code' in error && 'data' in error
}

function handle(message: ToProcess): Promise<void> {
  if (message.type === 'open') return open(message.setup)
  if (message.type === 'measure') return measure(message.seconds)
  return predict(message.request)
}

// The window and the core stay responsive while every CPU core predicts.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToProcess) => {
  handle(message).catch((error: unknown) => {
    if (isErrorMessage(error)) return send({ type: 'failed', error })
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(70)
  })
})
