import type { ErrorCode } from './locales/error-tables.ts'

/** Values that the sentence of an error names: a file, a field, a number. */
export type ErrorData = Record<string, string | number>

/**
 * Something that a person can meet and remedy. Its sentence lives in `locales/<language>/errors/` under `code`, so
 * that the window, the command line and the reports say the same in each language. Anything that is not an AppError is a bug.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly data: ErrorData

  constructor(code: ErrorCode, data: ErrorData = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(data)}`, { cause })
    this.name = 'AppError'
    this.code = code
    this.data = data
  }

  /** The error of which another process, the wire or a stored job tells: whoever wrote it down had an AppError before. */
  static told({ code, data }: { readonly code: string; readonly data: ErrorData }, cause?: unknown): AppError {
    return new AppError(code as ErrorCode, data, cause)
  }
}

/** Thrown where work ends because somebody asked it to; not an error to report. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled')
    this.name = 'Cancelled'
  }
}
