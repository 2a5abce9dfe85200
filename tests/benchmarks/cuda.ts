/**
 * Proves a GPU end to end: imports a folder of photographs into a new catalogue, predicts all of them on the device and on
 * the CPU through the real core, and compares what was stored and what every member says of every term.
 *   node tests/benchmarks/cuda.ts --folder DIR [--device cuda] [--images N] [--compare N]
 * Needs Node, node_modules and the photographs; the provider's libraries lie beside onnxruntime-node's own (README, "GPU").
 * Prints one JSON object, and ends with 1 where the device was not used or a score differs by 0.01 or more.
 */
import { parseArgs } from 'node:util'
import { readBundle } from '../../src/main/core/inference/bundle.ts'
import type { FacetScores } from '../../src/main/core/inference/network.ts'
import { planOf } from '../../src/main/core/inference/plan.ts'
import type { Provider } from '../../src/main/core/inference/provider.ts'
import type { DeviceReport } from '../../src/shared/model/model.ts'
import { facets } from '../../src/shared/model/facet.ts'
import { bareRate } from './bare-predict.ts'
import { bundleFolder, openBench, rounded, type PredictBench } from './predict-bench.ts'

const largestDifference = 0.01

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    device: { type: 'string', default: 'cuda' },
    images: { type: 'string', default: '2000' },
    compare: { type: 'string', default: '200' }
  }
})
if (values.folder === undefined) throw new Error('give a folder of photographs: --folder DIR')
const provider = values.device as Provider
const images = Number(values.images)

/** All scores of the first pictures, as the process gives them. */
async function scoresOf(bench: PredictBench, count: number): Promise<FacetScores[]> {
  const lease = await bench.inference.acquire()
  const files = bench.files.slice(0, count)
  const predict = async (file: string): Promise<FacetScores> => {
    const source = { originals: [file], bytes: null, pixels: null, screen: null }
    return (await lease.engine.predict(source, { wantScores: true })).scores ?? {}
  }
  try {
    return await Promise.all(files.map(predict))
  } finally {
    lease.release()
  }
}

/** Per member the largest difference of a score over pictures, facets and terms. */
function differences(a: readonly FacetScores[], b: readonly FacetScores[]): Record<string, number> {
  const largest: Record<string, number> = {}
  a.forEach((scores, picture) => {
    for (const facet of facets) {
      for (const member of scores[facet] ?? []) {
        const other = b[picture]?.[facet]?.find((candidate) => candidate.name === member.name)
        Array.from(member.scores).forEach((score, term) => {
          const difference = Math.abs(score - (other?.scores[term] ?? NaN))
          // Written so that a missing score (NaN) counts as different.
          if (!(difference <= (largest[member.name] ?? -1))) largest[member.name] = difference
        })
      }
    }
  })
  return largest
}

interface DeviceResult {
  readonly figures: Record<string, unknown>
  readonly scores: FacetScores[]
  readonly report: DeviceReport
}

async function measure(device: Provider): Promise<DeviceResult> {
  const bench = await openBench(values.folder ?? '', images, device)
  try {
    const report = await bench.inference.check()
    // The first pass starts threads and, on a GPU, chooses kernels.
    await bench.predictAll()
    const { job, seconds } = await bench.predictAll()
    const scores = await scoresOf(bench, Number(values.compare))
    const plan = planOf({ bundle: await readBundle(bundleFolder), provider: device, unknown: {} })
    const { batch, count } = plan.bulk ?? plan.single
    const bare = async (threads: number): Promise<number | null> => {
      if (report.device !== device) return null
      const task = { bundle: bundleFolder, files: bench.files, decoding: 'run' as const, provider: device, batch, threads }
      return rounded((await bareRate(task)).imagesPerSecond, 1)
    }
    const figures = {
      used: report.device,
      images: bench.files.length,
      stored: job.counts,
      imagesPerSecond: rounded(Number(job.result?.predicted) / seconds, 1),
      bareSessionRun: { batch, oneSession: await bare(1), [`${count} sessions`]: await bare(count) }
    }
    return { figures, scores, report }
  } finally {
    await bench.close()
  }
}

const onDevice = await measure(provider)
const onCpu = await measure('cpu')
const difference = differences(onDevice.scores, onCpu.scores)
const used = onDevice.report.device === provider
const agrees = Object.values(difference).length > 0 && Object.values(difference).every((value) => value < largestDifference)
console.log(
  JSON.stringify(
    {
      [provider]: onDevice.figures,
      cpu: onCpu.figures,
      comparedImages: onDevice.scores.length,
      largestDifferencePerMember: difference,
      providers: onDevice.report.providers,
      passed: used && agrees
    },
    null,
    2
  )
)
process.exitCode = used && agrees ? 0 : 1
