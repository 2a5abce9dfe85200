/** A media thread that a file called `poison…` kills, as a fault in a decoder would; `deadly…` kills a process of its own as well. */
import { parentPort } from 'node:worker_threads'
import type { RequestMessage } from './messages.ts'

function watch(message: RequestMessage): void {
  const name = message.request.kind === 'examine' ? message.request.task.file : ''
  if (name.includes('deadly')) process.exit(134)
  if (name.includes('poison') && parentPort !== null) process.exit(134)
}

parentPort?.on('message', watch)
if (parentPort === null) process.on('message', (message) => watch(message as RequestMessage))

await import('./thread.ts')
