/**
 * Program of a media process, which serves one request after the other. Decoders are third-party code that reads untrusted files: a
 * crash, a hang or a memory leak here affects one file and nothing else.
 */
import { AppError } from '../../../shared/errors.ts'
import { examine } from './examine.ts'
import { prepareFull } from './full.ts'
import { maxWorkerBytes } from './limits.ts'
import type { MediaAnswers, MediaRequest, OwnerMessage, WorkerMessage } from './messages.ts'
import { drawPreview } from './preview.ts'
import type { Work } from './work.ts'

/** How often a process checks its own memory, in milliseconds. */
const lookEvery = 100

function send(message: WorkerMessage): void {
  process.send?.(message)
}

let enter: () => void = () => undefined

const work: Work = {
  opened: (size) => send({ size }),
  read: () => send({ read: true }),
  alone: async (decode) => {
    const entered = new Promise<void>((resolve) => (enter = resolve))
    send({ heavy: 'ask' })
    await entered
    try {
      return await decode()
    } finally {
      send({ heavy: 'leave' })
    }
  }
}

async function answer(request: MediaRequest): Promise<MediaAnswers[keyof MediaAnswers]> {
  switch (request.kind) {
    case 'ready':
      return null
    case 'examine':
      return await examine(request.task, work)
    case 'full':
      return await prepareFull(request.task, work)
    case 'preview':
      return await drawPreview(request.task, work)
  }
}

async function handle(id: number, request: MediaRequest): Promise<void> {
  try {
    send({ id, answer: await answer(request) })
  } catch (error) {
    if (error instanceof AppError) send({ id, problem: { code: error.code, data: error.data } })
    else send({ id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

/** Requests are served in order, so the owner knows which file a dead process was reading. */
let previous: Promise<void> = Promise.resolve()
process.on('message', (message: OwnerMessage) => {
  if ('enter' in message) enter()
  else previous = previous.then(() => handle(message.id, message.request))
})

// Without its owner, nobody needs the answers.
process.on('disconnect', () => process.exit())

send({ started: true })

setInterval(() => {
  if (process.memoryUsage.rss() > maxWorkerBytes) process.send?.({ overfull: true }, () => process.kill(process.pid, 'SIGKILL'))
}, lookEvery).unref()
