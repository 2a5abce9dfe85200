import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { pino, type Logger } from 'pino'
import { createStream } from 'rotating-file-stream'
import { AppError, type ErrorData } from '../../../shared/errors.ts'

export type Log = Logger

/** Size at which the log is rotated, and how many earlier files are kept. */
const rotateAt = '5M'
const keptFiles = 5

/** Name of the current file; earlier ones are `fitxa.1.log` (the newest) to `fitxa.5.log`. */
export const logFileName = 'fitxa.log'

/** The file of each log that writes to one. */
const files = new WeakMap<Log, Writable>()

/** In the library's "classical" rotation, the first argument is the number of an earlier file, null for the current one. */
function fileName(index: number | Date | null): string {
  return index === null ? logFileName : `fitxa.${Number(index)}.log`
}

/**
 * A structured log as JSON Lines in `folder`, rotated by size; null keeps no log (tests, one-off tools). If the log cannot be
 * written, the program continues and `onFailure` is called once.
 */
export function createLog(options: { folder: string | null; level?: pino.Level; onFailure?: (error: Error) => void }): Log {
  if (options.folder === null) return pino({ enabled: false })
  let failed = false
  function fail(error: Error): void {
    if (!failed) options.onFailure?.(error)
    failed = true
  }
  try {
    mkdirSync(options.folder, { recursive: true })
  } catch (error) {
    fail(error as Error)
    return pino({ enabled: false })
  }
  const file = createStream(fileName, { path: options.folder, size: rotateAt, rotate: keptFiles })
  file.on('error', fail)
  const log = pino({ level: options.level ?? 'info', base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, file)
  files.set(log, file)
  return log
}

/** Writes what is left to the file and closes it; what is logged afterwards is lost. */
export async function closeLog(log: Log): Promise<void> {
  const file = files.get(log)
  if (file === undefined) return
  files.delete(log)
  await new Promise<void>((resolve) => {
    file.once('error', () => resolve())
    file.end(() => resolve())
  })
}

/**
 * Logs a bug, and returns a short code by which a person can report it and a developer find it. The stack goes to the log, never to
 * the person.
 */
export function logBug(log: Log, error: unknown, where: string): string {
  const trace = traceId()
  log.error({ trace, where, err: error }, 'bug')
  return trace
}

/**
 * Logs why something failed and returns what a person sees of it: the error's own code and data, or those of a bug with the
 * trace under which the log has it.
 */
export function logFailure(log: Log, error: unknown, where: string): { code: string; data: ErrorData } {
  if (!(error instanceof AppError)) return { code: 'bug', data: { trace: logBug(log, error, where) } }
  log.warn({ where, err: error }, 'failed')
  return { code: error.code, data: error.data }
}

/** A short code that a person can read out: eight letters and digits. */
export function traceId(): string {
  return randomBytes(5).toString('hex').slice(0, 8)
}
