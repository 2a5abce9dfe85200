/**
 * The least that predicting pictures takes, as a yardstick: threads that each run a session over a ready tensor while the
 * pixels of the next picture are decoded, without queue, process border, ranking or catalogue. `exact` decodes as the
 * application does; `sharp` lets sharp resize, which is faster and does not give the trainer's pixels. `run` decodes nothing.
 */
import { fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import * as onnxruntime from 'onnxruntime-node'
import sharp from 'sharp'
import { readBundle } from '../../src/main/core/inference/bundle.ts'
import { loadPixels } from '../../src/main/core/inference/preprocessing.ts'

export type BareDecoding = 'exact' | 'sharp' | 'run'

interface BareTask {
  readonly bundle: string
  readonly files: readonly string[]
  readonly decoding: BareDecoding
  readonly batch: number
  readonly provider: string
}

export interface BareResult {
  readonly imagesPerSecond: number
  /** Processor time per picture, which other programs on the machine change less than the time on the clock. */
  readonly cpuMilliseconds: number
}

/** What `threads` bare threads reach over `files`, in a process of their own. */
export async function bareRate(task: BareTask & { threads: number }): Promise<BareResult> {
  const child = fork(import.meta.filename, [], { env: { ...process.env, MALLOC_ARENA_MAX: '2' } })
  child.send(task)
  const result = await new Promise<BareResult>((resolve) => child.once('message', (message) => resolve(message as BareResult)))
  child.disconnect()
  return result
}

async function lead({ threads, ...task }: BareTask & { threads: number }): Promise<BareResult> {
  // As the inference process does.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const workers = Array.from({ length: threads }, (_, index) => {
    const files = task.files.filter((_, place) => place % threads === index)
    return new Worker(import.meta.filename, { workerData: { ...task, files } satisfies BareTask })
  })
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))))
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const ends = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)))
  workers.forEach((worker) => worker.postMessage('go'))
  await Promise.all(ends)
  const [seconds, used] = [(performance.now() - start) / 1000, process.cpuUsage(cpu)]
  await Promise.all(workers.map((worker) => worker.terminate()))
  return { imagesPerSecond: task.files.length / seconds, cpuMilliseconds: (used.user + used.system) / 1000 / task.files.length }
}

async function work({ bundle, files, decoding, batch, provider }: BareTask): Promise<void> {
  sharp.cache(false)
  sharp.concurrency(1)
  const { manifest } = await readBundle(bundle)
  const { width, height } = manifest.preprocessing
  // Members that share a network share its file.
  const inputs = new Map(manifest.members.map((member) => [member.file, member.input]))
  const options = { executionProviders: [provider], intraOpNumThreads: 1, interOpNumThreads: 1 }
  const tensor = new onnxruntime.Tensor('float32', new Float32Array(batch * 3 * width * height), [batch, 3, height, width])
  const decode = (file: string): Promise<unknown> => {
    if (decoding === 'run') return Promise.resolve()
    if (decoding === 'exact') return loadPixels(file, manifest.preprocessing)
    return sharp(file).autoOrient().flatten({ background: '#fff' }).resize(width, height, { fit: 'fill' }).removeAlpha().raw().toBuffer()
  }
  const networks = await Promise.all(
    [...inputs].map(async ([file, input]) => {
      const session = await onnxruntime.InferenceSession.create(join(bundle, file), options)
      return () => session.run({ [input]: tensor })
    })
  )
  const predict = async (): Promise<void> => {
    for (const run of networks) await run()
  }
  for (let round = 0; round < 3; round++) await predict()
  parentPort?.once('message', () => {
    void (async () => {
      let next = Promise.all(files.slice(0, batch).map(decode))
      for (let at = 0; at < files.length; at += batch) {
        await next
        next = Promise.all(files.slice(at + batch, at + 2 * batch).map(decode))
        await predict()
      }
      parentPort?.postMessage('done')
    })()
  })
  parentPort?.postMessage('ready')
}

if (!isMainThread && workerData) await work(workerData as BareTask)
else if (process.argv[1] === import.meta.filename) {
  process.once('message', (task: BareTask & { threads: number }) => void lead(task).then((result) => process.send?.(result)))
}
