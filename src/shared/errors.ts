import type { ErrorCode } from './locales/error-tables.ts'

/** Values that the sentence of an error names: a file, a field, a number. */
export type ErrorData = Record<string, string | number>

/**
 * An error that a person can see and fix. Its sentence lives in `locales/<language>/errors/` under `code`, so
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

  /** Restores an AppError sent by another process, received over HTTP or stored with a job. */
  static told({ code, data }: { readonly code: string; readonly data: ErrorData }, cause?: unknown): AppError {
    return new AppError(code as ErrorCode, data, cause)
  }
}

/** Thrown when work ends because it was asked to; not an error to report. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled')
    this.name = 'Cancelled'
  }
}
