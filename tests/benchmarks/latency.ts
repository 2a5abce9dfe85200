/**
 * How quick the core stays while it predicts: the delay of its event loop, the time until the picture on screen has its
 * suggestions, and the memory of core and inference process.
 *   node tests/benchmarks/latency.ts [--folder DIR] [--images N]
 * Prints one JSON object; milliseconds and MB.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median, openBench, residentMegabytes, root, rounded } from './predict-bench.ts'

const { values } = parseArgs({
  options: { folder: { type: 'string', default: join(root, 'tests/fixtures/parity/images') }, images: { type: 'string', default: '300' } }
})

/** Time that the picture on screen takes, alone or beside a job. */
async function screenTimes(ids: readonly number[]): Promise<number[]> {
  const times: number[] = []
  for (const id of ids) {
    const start = performance.now()
    await bench.predictions.prioritise(id)
    times.push(performance.now() - start)
  }
  return times
}

const bench = await openBench(values.folder, Number(values.images), 'cpu')
const { ids } = await bench.catalogue.read('objectIds', {
  words: [],
  status: [],
  flagged: null,
  suggested: null,
  order: 'number'
})
const lease = await bench.inference.acquire()
await screenTimes(ids.slice(0, 2))
const alone = await screenTimes(ids.slice(2, 10))
const inferenceAlone = residentMegabytes(lease.engine.pid)

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
let largest = 0
const watch = setInterval(() => {
  largest = Math.max(largest, (residentMegabytes(process.pid) ?? 0) + (residentMegabytes(lease.engine.pid) ?? 0))
}, 100)
const running = bench.predictAll()
await new Promise((resolve) => setTimeout(resolve, 1500))
const beside = await screenTimes(ids.slice(-8).reverse())
await running
delay.disable()
clearInterval(watch)

// The histogram counts the timer's own 5 ms as delay.
const milliseconds = (nanoseconds: number): number => rounded(nanoseconds / 1e6 - 5, 1)
console.log(
  JSON.stringify(
    {
      images: bench.files.length,
      eventLoopDelay: { p50: milliseconds(delay.percentile(50)), p99: milliseconds(delay.percentile(99)), max: milliseconds(delay.max) },
      pictureOnScreen: {
        alone: rounded(median(alone), 0),
        besideJob: rounded(median(beside), 0),
        slowest: rounded(Math.max(...beside), 0)
      },
      residentMegabytes: { core: residentMegabytes(process.pid), inferenceIdle: inferenceAlone, bothAtWork: largest }
    },
    null,
    2
  )
)
lease.release()
await bench.close()
