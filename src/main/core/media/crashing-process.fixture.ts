/**
 * A media process that files end by their names, as faults in a decoder would: `poison…` only among others, `deadly…` always.
 * `endless…` never finishes, `swelling…` fills the memory and never answers.
 */
import type { OwnerMessage } from './messages.ts'

const held: Buffer[] = []
const swollen = 1_500_000_000

/** Unanswered files, in order. */
const asked: string[] = []

function hang(): void {
  if (asked[0]?.includes('endless') === true) for (;;);
}

// Files end it once it is up, not while it starts.
process.send?.({ started: true })

process.on('message', (message: OwnerMessage) => {
  if (!('request' in message)) return
  const name = message.request.kind === 'examine' ? message.request.task.file : ''
  if (name.includes('deadly')) process.exit(134)
  if (name.includes('poison') && process.argv[2] !== 'apart') process.exit(134)
  if (name.includes('swelling')) held.push(Buffer.alloc(swollen, 1))
  asked.push(name)
  hang()
})

const send = process.send?.bind(process)
process.send = (message: object, ...rest: unknown[]): boolean => {
  const answers = 'id' in message
  if (answers && held.length > 0) return true
  if (answers) asked.shift()
  // The answer leaves before the next file hangs.
  setImmediate(hang)
  return send?.(message, ...(rest as [])) ?? false
}

await import('./process.ts')
