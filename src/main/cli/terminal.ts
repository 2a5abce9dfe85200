import { sentence } from '../../shared/locales/errors.ts'
import type { AppError } from '../../shared/errors.ts'
import type { Language } from '../../shared/model/facet.ts'

/** Output of the command line. Results alone go to stdout; progress, notes and errors to stderr. */
export interface Terminal {
  /** A line of the result, for people. Writes nothing in JSON mode. */
  say(text: string): void
  /** The whole result, for machines. Writes only in JSON mode. */
  give(result: unknown): void
  /** A line about what is happening. */
  note(text: string): void
  /** Progress: one line that is overwritten on a terminal, an occasional line elsewhere. */
  progress(text: string): void
  /** Ends the progress line, so that the next output starts on a new line. */
  endProgress(): void
  /** The sentence of an error; also as JSON in JSON mode. */
  fail(error: AppError): void
}

export interface Streams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
}

/** Milliseconds between two lines of progress where a line cannot be overwritten. */
const plainInterval = 2000

export function createTerminal(streams: Streams, json: boolean, language: Language, now: () => number = Date.now): Terminal {
  const { stdout, stderr } = streams
  let open = false
  let last = -Infinity
  const endProgress = (): void => {
    if (open) stderr.write('\n')
    open = false
    last = -Infinity
  }
  const note = (text: string): void => {
    endProgress()
    stderr.write(`${text}\n`)
  }
  return {
    say: (text) => (json ? undefined : void stdout.write(`${text}\n`)),
    give: (result) => (json ? void stdout.write(`${JSON.stringify(result, null, 2)}\n`) : undefined),
    note,
    progress(text) {
      if (stderr.isTTY === true) {
        open = true
        stderr.write(`\r\u001b[K${text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`)
      } else if (now() - last >= plainInterval) {
        last = now()
        stderr.write(`${text}\n`)
      }
    },
    endProgress,
    fail(error) {
      const message = sentence(language, error.code, error.data)
      note(message)
      if (json) stdout.write(`${JSON.stringify({ error: { code: error.code, data: error.data, message } }, null, 2)}\n`)
    }
  }
}
