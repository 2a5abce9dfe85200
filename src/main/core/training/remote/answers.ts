/** One answer of the far end; its meaning is told in trainer/src/fitxa_trainer/machine/__init__.py. */
export interface Answer {
  readonly done?: unknown
  readonly failed?: { readonly code: string } & Record<string, string | number>
  readonly progress?: Readonly<Record<string, number>>
  /** Raw bytes that follow this answer. */
  readonly bytes?: number
  readonly output?: string
}

/** What the far end says first. */
export interface Greeting {
  readonly python: readonly number[]
  readonly program: string
}

/** Says that a greeting begins; a login script of the person may have printed something before it. */
const mark = Buffer.from('{"mark": "FITXA-MACHINE-1"')

/** Reads the answers out of the bytes that arrive, in pieces of any size. */
export interface AnswerReader {
  /** Takes up bytes, and hands on what is complete; raw bytes come as they arrive. */
  take(data: Buffer): Promise<void>
}

/** @param refusal what the far end says instead of greeting, up to the end of its line */
export function createAnswerReader(handlers: {
  refusal: string
  onRefusal: (line: string) => void
  onGreeting: (greeting: Greeting) => void
  onAnswer: (answer: Answer) => void
  onBytes: (data: Buffer, answer: Answer) => Promise<void>
}): AnswerReader {
  let buffer: Buffer = Buffer.alloc(0)
  let greeted = false
  let raw: { answer: Answer; left: number } | null = null

  /** Takes a line off the buffer, null while there is no whole one. */
  function line(): string | null {
    const end = buffer.indexOf(10)
    if (end < 0) return null
    const text = buffer.subarray(0, end).toString('utf8')
    buffer = buffer.subarray(end + 1)
    return text
  }

  function greet(): boolean {
    const start = buffer.indexOf(mark)
    if (start < 0) {
      const refused = buffer.indexOf(handlers.refusal)
      if (refused >= 0 && buffer.indexOf(10, refused) >= 0) {
        buffer = buffer.subarray(refused)
        handlers.onRefusal(line() ?? '')
      }
      return false
    }
    if (buffer.indexOf(10, start) < 0) return false
    buffer = buffer.subarray(start)
    handlers.onGreeting(JSON.parse(line() ?? '') as Greeting)
    return true
  }

  return {
    async take(data) {
      buffer = buffer.length === 0 ? data : Buffer.concat([buffer, data])
      if (!greeted) greeted = greet()
      while (greeted && buffer.length > 0) {
        if (raw !== null) {
          const piece = buffer.subarray(0, raw.left)
          buffer = buffer.subarray(piece.length)
          await handlers.onBytes(piece, raw.answer)
          raw.left -= piece.length
          if (raw.left === 0) raw = null
          continue
        }
        const text = line()
        if (text === null) return
        const answer = JSON.parse(text) as Answer
        if (answer.bytes !== undefined && answer.bytes > 0) raw = { answer, left: answer.bytes }
        else handlers.onAnswer(answer)
      }
    }
  }
}
