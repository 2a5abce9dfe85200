/**
 * Program of a media thread: does one request after the other. It runs as a thread for bulk work and as a process of its own
 * for a file that has brought a thread down, so that not even a crash inside the decoder takes the core along.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '../../../shared/errors.ts'
import { examine } from './examine.ts'
import { prepareFull } from './full.ts'
import { drawPreview } from './preview.ts'
import { createHeavyGate, type HeavyGate } from './heavy.ts'
import type { AnswerMessage, MediaAnswers, MediaRequest, RequestMessage } from './messages.ts'

const gate: HeavyGate = parentPort === null ? createHeavyGate() : (workerData as { gate: HeavyGate }).gate

function send(message: AnswerMessage): void {
  if (parentPort === null) process.send?.(message)
  else parentPort.postMessage(message)
}

async function answer(request: MediaRequest): Promise<MediaAnswers[keyof MediaAnswers]> {
  switch (request.kind) {
    case 'ready':
      return null
    case 'examine':
      return await examine(request.task, gate)
    case 'full':
      return await prepareFull(request.task, gate)
    case 'preview':
      return await drawPreview(request.task, gate)
  }
}

async function handle({ id, request }: RequestMessage): Promise<void> {
  try {
    send({ id, answer: await answer(request) })
  } catch (error) {
    if (error instanceof AppError) send({ id, problem: { code: error.code, data: error.data } })
    else send({ id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

/** Requests are done in the order in which they came: the owner tells from it which file a dead thread was at. */
let previous: Promise<void> = Promise.resolve()
function receive(message: RequestMessage): void {
  previous = previous.then(() => handle(message))
}

if (parentPort === null) process.on('message', (message) => receive(message as RequestMessage))
else parentPort.on('message', receive)
