/**
 * A thread of the inference process: one set of sessions, and the pictures on their way to it. Pixels of the next pictures
 * are loaded (by sharp, in the process's own pool of threads) while a run blocks this one.
 */
import * as runtime from 'onnxruntime-node'
import sharp from 'sharp'
import { parentPort, workerData } from 'node:worker_threads'
import { rankFacet } from '../../../shared/domain/ranking.ts'
import { AppError } from '../../../shared/errors.ts'
import { firstLine } from '../lib/first-line.ts'
import { facetTables } from './manifest.ts'
import { Network, type PictureOutput } from './network.ts'
import { loadPicture, type LoadedPicture } from './picture.ts'
import type { ErrorMessage, FromThread, PictureRequest, Prediction, ThreadSetup, ToThread } from './protocol.ts'
import { runSelfTest } from './self-test.ts'

interface Waiting {
  readonly request: PictureRequest
  readonly loading: Promise<LoadedPicture | ErrorMessage>
}

const setup = workerData as ThreadSetup
const waiting: Waiting[] = []
let wake: () => void = () => undefined
let closing = false

function post(message: FromThread): void {
  parentPort?.postMessage(message)
}

function messageOf(error: unknown, code: string): ErrorMessage {
  if (!(error instanceof AppError))
    return { code, data: { provider: setup.provider, bundle: setup.bundle.manifest.id }, detail: firstLine(error) }
  const { cause } = error
  return { code: error.code, data: error.data, ...(cause === undefined ? {} : { detail: firstLine(cause) }) }
}

function receive(network: Network, request: PictureRequest): void {
  const loading = loadPicture(request.source, network.views).catch((error: unknown) => messageOf(error, 'inference.unreadable'))
  if (request.urgent) waiting.unshift({ request, loading })
  else waiting.push({ request, loading })
  wake()
}

/** The pictures of the next run: urgent ones alone, so that they wait for no other picture's pixels. */
function takeNext(batch: number): Waiting[] {
  const urgent = waiting[0]?.request.urgent ?? false
  const until = waiting.findIndex((entry) => entry.request.urgent !== urgent)
  return waiting.splice(0, Math.min(batch, until === -1 ? waiting.length : until))
}

async function work(network: Network): Promise<void> {
  for (;;) {
    if (waiting.length === 0) {
      if (closing) return
      await new Promise<void>((resolve) => (wake = resolve))
      continue
    }
    await predict(network, takeNext(network.batch))
  }
}

async function predict(network: Network, entries: readonly Waiting[]): Promise<void> {
  const loaded = await Promise.all(entries.map((entry) => entry.loading))
  const ready: { request: PictureRequest; picture: LoadedPicture }[] = []
  entries.forEach(({ request }, index) => {
    const picture = loaded[index] as LoadedPicture | ErrorMessage
    if ('code' in picture) post({ type: 'refused', id: request.id, error: picture })
    else ready.push({ request, picture })
  })
  if (ready.length === 0) return
  const results = await network.run(ready.map(({ picture }) => picture.pixels))
  ready.forEach(({ request, picture }, index) => {
    const output = results[index]
    const file = request.source.originals[0] ?? ''
    if (!output) post({ type: 'refused', id: request.id, error: { code: 'inference.notANumber', data: { file } } })
    else post({ type: 'predicted', id: request.id, prediction: toPrediction(output, picture, request.wantScores) })
  })
}

function toPrediction({ scores, embedding }: PictureOutput, picture: LoadedPicture, wantScores: boolean): Prediction {
  const facets: Prediction['facets'] = {}
  for (const [facet, table] of facetTables(setup.bundle.manifest)) {
    const hidden = setup.unknown[facet] ?? []
    facets[facet] = rankFacet(scores[facet] ?? [], table.weights, table.calibration, (index) => !hidden.includes(index))
  }
  return { facets, from: picture.from, scores: wantScores ? scores : null, embedding }
}

async function open(): Promise<Network | null> {
  try {
    // listSupportedBackends names what this build could load; creating a session shows whether it does.
    const known = runtime.listSupportedBackends().some((backend) => backend.name === setup.provider)
    if (!known) throw new AppError('provider.notBuiltIn', { provider: setup.provider })
    const network = await Network.load(runtime, setup.bundle, setup)
    if (setup.selfTest) await runSelfTest(setup.bundle, network)
    return network
  } catch (error) {
    // The CPU works for every sound network: what fails on it is the network's.
    post({ type: 'failed', error: messageOf(error, setup.provider === 'cpu' ? 'bundle.unrunnable' : 'provider.unusable') })
    return null
  }
}

sharp.cache(false)
sharp.concurrency(1)
const network = await open()
if (network) {
  parentPort?.on('message', (message: ToThread) => {
    if (message.type === 'predict') return receive(network, message.request)
    closing = true
    wake()
  })
  post({ type: 'ready', batch: network.batch })
  await work(network)
  await network.release()
}
parentPort?.close()
