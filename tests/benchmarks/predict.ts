/**
 * Rate of a job of suggestions, from files to rows in the catalogue, against bare threads in the same run.
 *   node tests/benchmarks/predict.ts [--folder DIR] [--images N] [--rounds N]
 * Prints one JSON object. Rounds alternate, and ratios are taken within a round, so that a busy machine slows both sides.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { join } from 'node:path'
import { planOf } from '../../src/main/core/inference/plan.ts'
import { readBundle } from '../../src/main/core/inference/bundle.ts'
import { bareRate, type BareDecoding, type BareResult } from './bare-predict.ts'
import { bundleFolder, cpuMilliseconds, median, openBench, root, rounded } from './predict-bench.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(root, 'tests/fixtures/parity/images') },
    images: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '3' }
  }
})

const bench = await openBench(values.folder, Number(values.images), 'cpu')
const plan = planOf({ bundle: await readBundle(bundleFolder), provider: 'cpu', unknown: {} })
const threads = (plan.bulk ?? plan.single).count
const bare = (decoding: BareDecoding): Promise<BareResult> =>
  bareRate({ bundle: bundleFolder, files: bench.files, decoding, batch: 1, provider: 'cpu', threads })

const lease = await bench.inference.acquire()
const cpuSoFar = (): number => (cpuMilliseconds(process.pid) ?? NaN) + (cpuMilliseconds(lease.engine.pid) ?? NaN)

async function predict(): Promise<BareResult> {
  const before = cpuSoFar()
  const { job, seconds } = await bench.predictAll()
  const images = Number(job.result?.predicted)
  return { imagesPerSecond: images / seconds, cpuMilliseconds: (cpuSoFar() - before) / images }
}

const results: Record<'predict' | BareDecoding, BareResult[]> = { predict: [], exact: [], sharp: [], run: [] }
for (let round = 0; round < Number(values.rounds); round++) {
  results.exact.push(await bare('exact'))
  // The threads for bulk work were given back meanwhile; the first pass starts them, as the bare ones are started before they count.
  await predict()
  results.predict.push(await predict())
  results.sharp.push(await bare('sharp'))
  results.run.push(await bare('run'))
}
lease.release()

const summary = (key: keyof BareResult): Record<string, number> =>
  Object.fromEntries(Object.entries(results).map(([name, list]) => [name, rounded(median(list.map((result) => result[key])), 1)]))
/** Of two results of each round: the median of how much better the job is than the bare threads, 1 = as good. */
const ratio = (of: (job: BareResult, bare: BareResult) => number, to: BareDecoding): number =>
  rounded(median(results.predict.map((result, round) => of(result, results[to][round] as BareResult))))
const byClock = (job: BareResult, other: BareResult): number => job.imagesPerSecond / other.imagesPerSecond
const byProcessor = (job: BareResult, other: BareResult): number => other.cpuMilliseconds / job.cpuMilliseconds
console.log(
  JSON.stringify(
    {
      images: bench.files.length,
      cores: availableParallelism(),
      threads,
      imagesPerSecond: summary('imagesPerSecond'),
      cpuMillisecondsPerImage: summary('cpuMilliseconds'),
      ratioToSameDecoding: { clock: ratio(byClock, 'exact'), processor: ratio(byProcessor, 'exact') },
      ratioToSharpResize: { clock: ratio(byClock, 'sharp'), processor: ratio(byProcessor, 'sharp') }
    },
    null,
    2
  )
)
await bench.close()
