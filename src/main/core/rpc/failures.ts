import { ORPCError, ValidationError } from '@orpc/server'
import { AppError, Cancelled, type ErrorData } from '../../../shared/errors.ts'

/** Turns anything thrown into an error for the caller; `what` names the method or address for the log. */
export type Explain = (error: unknown, what: string) => AppError | Cancelled

/** Logs an unexpected error and returns the trace by which it can be found. */
export type LogBug = (error: unknown, what: string) => string

/** The one place that distinguishes expected errors, cancellation and bugs. */
export function createExplain(logBug: LogBug): Explain {
  return (error, what) => {
    if (error instanceof AppError || error instanceof Cancelled) return error
    if (error instanceof Error && error.name === 'AbortError') return new Cancelled()
    if (error instanceof ORPCError && error.cause instanceof ValidationError && error.code === 'BAD_REQUEST') {
      return new AppError('request.invalid', firstIssue(error.cause), error)
    }
    return new AppError('bug', { trace: logBug(error, what) }, error)
  }
}

function firstIssue({ issues }: ValidationError): ErrorData {
  const [issue] = issues
  const path = issue?.path?.map((part) => (typeof part === 'object' ? part.key : part)) ?? []
  return { field: path.join('.') || '-', problem: issue?.message ?? '' }
}

/** The same error as it is sent: the contract's error APP, or a request closed by the client. */
export function toWire(error: AppError | Cancelled): ORPCError<string, unknown> {
  if (error instanceof Cancelled) return new ORPCError('CLIENT_CLOSED_REQUEST')
  const { code, data } = error
  return new ORPCError('APP', { status: 422, message: code, data: { code, data }, cause: error })
}
